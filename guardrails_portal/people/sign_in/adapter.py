"""What allauth asks the portal about signing in."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from guardrails_portal.people.models import User
from guardrails_portal.people.sign_in.backend import may_sign_in

_LOCKED = (
    "This user name was tried too often. Wait a quarter of an hour, or ask an administrator for "
    "a one-time password."
)
_INACTIVE = "This user is deactivated: ask an administrator."
_EXPIRED = "This one-time password has expired: ask an administrator for another."


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves, and who may not sign in is told why."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The user with these credentials; ValidationError where they are right but no use."""
        user = super().authenticate(request, **credentials)
        if getattr(request, "axes_locked_out", False):
            raise ValidationError(_LOCKED, code="locked")
        # allauth hands over whoever knows the password, and trusts itself to ask further.
        if not isinstance(user, User):
            return None
        if not may_sign_in(user):
            raise ValidationError(_EXPIRED if user.is_active else _INACTIVE, code="refused")
        return user

    def get_client_ip(self, request: HttpRequest) -> str:
        """As the middleware found it; gunicorn on a socket of the file system knows none."""
        return request.META.get("REMOTE_ADDR") or "0.0.0.0"  # noqa: S104 - not bound to
