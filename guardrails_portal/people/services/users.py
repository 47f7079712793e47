"""Users: made, changed, deactivated; each change in the audit log.

Raises `Refused`, one sentence for a person, for what would leave nobody in charge.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any, Final

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils import timezone

from accounts.auditing import Actor, Kind, record
from guardrails_portal.people.models import User
from guardrails_portal.people.roles import Role

ONE_TIME_PASSWORD_LASTS: Final = timedelta(days=3)


class Refused(Exception):
    """What was asked for is not done; its text says why and what to do instead."""


@transaction.atomic
def create_user(actor: Actor, username: str, role: str, **described: str) -> tuple[User, str]:
    """The user and a one-time password, which cannot be had a second time."""
    password = _one_time_password()
    user = User.objects.create_user(
        username, password, role=role, password_expires_at=_until(), **described
    )
    record(actor, Kind.USER, "created", user, after=_facts(user))
    return user, password


@transaction.atomic
def change_user(actor: Actor, user: User, **changes: Any) -> None:
    """Set `role`, `is_active`, `name`, `email`; Refused for the last active administrator.

    Whoever is deactivated is signed out, and their API tokens stop working.
    """
    # One at a time, so that two administrators cannot demote each other.
    administrators = list(
        User.objects.select_for_update()
        .filter(role=Role.ADMIN, is_active=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    user.refresh_from_db()
    before = _facts(user)
    for name, value in changes.items():
        setattr(user, name, value)
    steps_down = user.role != Role.ADMIN or not user.is_active
    if steps_down and administrators == [user.pk]:
        raise Refused(
            f"{user} is the only administrator left: make somebody else one first, so that "
            "somebody can still manage users."
        )
    if before == _facts(user):
        return
    user.save()
    record(actor, Kind.USER, "changed", user, before=before, after=_facts(user))
    if not user.is_active:
        _end_sessions(user)


@transaction.atomic
def renew_password(actor: Actor, user: User) -> str:
    """A new one-time password; the old password and all sessions are gone."""
    password = _one_time_password()
    user.set_password(password)
    user.password_expires_at = _until()
    user.save()
    record(actor, Kind.USER, "given a one-time password", user)
    _end_sessions(user)
    return password


@transaction.atomic
def choose_password(actor: Actor, user: User, password: str) -> None:
    """The user's own choice, which the caller has validated; other sessions end by it."""
    user.set_password(password)
    user.password_expires_at = None
    user.save()
    record(actor, Kind.USER, "changed the password", user)


@transaction.atomic
def remove_second_factor(actor: Actor, user: User) -> None:
    """For somebody who lost the phone and the recovery codes."""
    removed, _ = Authenticator.objects.filter(user=user).delete()
    if removed:
        record(actor, Kind.USER, "second factor removed", user)


@transaction.atomic
def end_sessions(actor: Actor, user: User, but: str | None = None) -> int:
    """Sign the user out everywhere, save in the session with the key `but`; how many ended."""
    ended = _end_sessions(user, but)
    record(actor, Kind.USER, "signed out everywhere", user, after={"sessions": ended})
    return ended


@transaction.atomic
def follow_provider(actor: Actor, user: User, role: Role, name: str, email: str) -> None:
    """Bring a user of single sign-on up to what the provider says."""
    before = _facts(user)
    user.role, user.name, user.email = role, name, email
    if before != _facts(user):
        user.save()
        record(actor, Kind.USER, "changed", user, before=before, after=_facts(user))


def _facts(user: User) -> dict[str, Any]:
    return {one: getattr(user, one) for one in ("name", "email", "role", "is_active")}


def _one_time_password() -> str:
    return secrets.token_urlsafe(12)


def _until() -> datetime:
    return timezone.now() + ONE_TIME_PASSWORD_LASTS


def _end_sessions(user: User, but: str | None = None) -> int:
    # Not `purge_and_list`: of whoever may not sign in it forgets the sessions without ending them.
    sessions = UserSession.objects.filter(user=user).exclude(session_key=but or "")
    for session in sessions:
        session.end()
    return len(sessions)
