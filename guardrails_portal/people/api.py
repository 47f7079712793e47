"""How the REST API knows who asks, and whether they may: for settings.REST_FRAMEWORK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, NotFound, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from guardrails_portal.people.models import ApiToken, User
from guardrails_portal.people.roles import Role, Scope, role_permits, scope_permits
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
        if not user.has_perm(needed):
            raise PermissionDenied(_forbidden(user, needed, request.auth))
        return True


def _forbidden(user: User, needed: str, token: object) -> str:
    """Whether the role or else the token stands in the way, and the least that would do."""
    if not role_permits(user.role, needed) or not isinstance(token, ApiToken):
        role = next(role for role in Role if role_permits(role, needed))
        return f"Your role is {user.get_role_display()}, and this needs {role.label}."
    scope = next(scope for scope in Scope if scope_permits(scope, needed))
    has = token.scope
    return f"This token's scope is `{has}`, and this needs `{scope}`: make another under Settings."
