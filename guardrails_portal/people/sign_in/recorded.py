"""Log-ins and second factors in the audit log: what Django, allauth and axes tell by signals."""

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import Signal, receiver
from django.http import HttpRequest

from accounts.auditing import Actor, Kind, record
from guardrails_portal.people.models import User


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    methods = [
        one.get("type") or one["method"] for one in get_authentication_records(request, user)
    ]
    record(_actor(request, user.username), Kind.SESSION, "opened", user, after={"by": methods})


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    # Who has no session may ask to leave as well.
    if user is not None:
        record(_actor(request, user.username), Kind.SESSION, "closed", user)


@receiver(user_login_failed)
def refused(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    record(_actor(request), Kind.SESSION, "refused", credentials.get("username") or "")


@receiver(user_locked_out)
def locked_out(request: HttpRequest, username: str | None, **_: Any) -> None:
    record(_actor(request), Kind.SESSION, "locked out", username or "")


@receiver(authentication_failed)
def wrong_code(request: HttpRequest, user: User, **_: Any) -> None:
    record(_actor(request), Kind.SESSION, "refused", user, after={"reason": "wrong code"})


@receiver([authenticator_added, authenticator_removed])
def second_factor(
    signal: Signal, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any
) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        done = "added" if signal is authenticator_added else "removed"
        record(_actor(request, user.username), Kind.USER, f"second factor {done}", user)


def _actor(request: HttpRequest | None, name: str = "") -> Actor:
    address = None if request is None else request.META.get("REMOTE_ADDR") or None
    return Actor(name, address=address)
