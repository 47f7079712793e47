from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone

from guardrails_portal.people.models import User


def may_sign_in(user: User) -> bool:
    """Whether the user is active and has no one-time password that has expired."""
    expires_at = user.password_expires_at
    return user.is_active and (expires_at is None or expires_at > timezone.now())


def attempted_name(_request: HttpRequest, credentials: dict[str, str] | None) -> str:
    """What django-axes counts failures by: the name however it is written, as log-in takes it."""
    return ((credentials or {}).get("username") or "").strip().lower()


class PasswordBackend(AuthenticationBackend):
    """Asked at each request too: who is deactivated is signed out by it."""

    def user_can_authenticate(self, user: User | AnonymousUser | None) -> bool:
        return isinstance(user, User) and may_sign_in(user)
