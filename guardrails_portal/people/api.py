"""How the REST API knows who asks, and whether they may: for settings.REST_FRAMEWORK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, NotFound
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from guardrails_portal.people.models import ApiToken, User
from guardrails_portal.people.roles import role_permits
from guardrails_portal.people.services.tokens import token_of_secret

if TYPE_CHECKING:
    # It imports the settings' classes, which stand here.
    from rest_framework.views import APIView

_SCHEME: Final = b"bearer"
# One sentence for a wrong, a revoked and an expired token: it tells a guesser nothing.
_REFUSED: Final = "This token is unknown, revoked or expired: make another under Settings."


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer gp_…`. `request.user.has_perm` then answers for role and token."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, *rest = get_authorization_header(request).split() or [b""]
        if scheme.lower() != _SCHEME:
            return None
        if len(rest) != 1:
            raise AuthenticationFailed("Write the header as `Authorization: Bearer <token>`.")
        token = token_of_secret(rest[0].decode("latin-1"))
        if token is None:
            raise AuthenticationFailed(_REFUSED)
        token.user.token = token
        return token.user, token

    def authenticate_header(self, _request: Request) -> str:
        return 'Bearer realm="api"'


class HasPermission(BasePermission):
    """Needs a log-in, and the view's `permission_required` for what is not mere reading.

    `permission_required` is a permission's name, for every method, or names by method. A method
    that changes something and for which none is declared is refused to everybody. What somebody's
    role may not see is not there for them; what it may not do, or their token, is forbidden.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        user = request.user
        if not isinstance(user, User) or not user.is_active:
            return False
        method = "GET" if request.method == "HEAD" else request.method or ""
        declared: str | dict[str, str] | None = getattr(view, "permission_required", None)
        needed = declared.get(method) if isinstance(declared, dict) else declared
        if needed is None:
            return method in SAFE_METHODS
        if method in SAFE_METHODS and not role_permits(user.role, needed):
            raise NotFound(f"{request.path} is nothing that you may see.")
        return user.has_perm(needed)
