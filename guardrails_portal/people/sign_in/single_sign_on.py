"""Single sign-on by OpenID Connect: who is let in, and as what."""

from collections.abc import Mapping
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render

from accounts.auditing import Actor, Kind, record
from guardrails_portal.people.models import User
from guardrails_portal.people.roles import Role
from guardrails_portal.people.services.users import follow_provider

# In OIDC_VIEWER_GROUPS and its like: whoever the provider lets in.
_EVERYBODY = "*"


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """The provider's groups decide the role, at each log-in anew."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        claims = claims_of(sociallogin)
        name = str(claims.get("preferred_username") or claims.get("sub") or "")
        actor = Actor(name, address=request.META.get("REMOTE_ADDR") or None)
        role = role_of(claims)
        if role is None:
            record(actor, Kind.SESSION, "refused", name, after={"reason": "in no group let in"})
            raise ImmediateHttpResponse(render(request, "people/not_let_in.html", status=403))
        user = _user_of(sociallogin)
        if sociallogin.is_existing:
            follow_provider(actor, user, role, **_described(claims))
        else:
            user.role = role

    def is_open_for_signup(self, _request: HttpRequest, _sociallogin: SocialLogin) -> bool:
        """Whoever comes this far is in a group that is let in."""
        return True

    def populate_user(
        self, _request: HttpRequest, sociallogin: SocialLogin, data: Mapping[str, Any]
    ) -> User:
        user = _user_of(sociallogin)
        user.username = str(data.get("username") or "").strip().lower()
        described = _described(claims_of(sociallogin))
        user.name, user.email = described["name"], described["email"]
        return user


def _user_of(sociallogin: SocialLogin) -> User:
    assert isinstance(sociallogin.user, User)  # noqa: S101 - allauth makes it of AUTH_USER_MODEL
    return sociallogin.user


def claims_of(sociallogin: SocialLogin) -> dict[str, Any]:
    """Everything the provider said: some tell groups in the ID token, some at /userinfo alone."""
    said = sociallogin.account.extra_data
    return {**(said.get("id_token") or {}), **(said.get("userinfo") or {})}


def role_of(claims: Mapping[str, Any]) -> Role | None:
    """The highest role that one of the groups gives; None for whoever is in none of them."""
    groups = _groups(claims)
    for role in (Role.ADMIN, Role.OPERATOR, Role.VIEWER):
        let_in = settings.OIDC_GROUPS[role]
        if _EVERYBODY in let_in or groups & let_in:
            return role
    return None


def _groups(claims: Mapping[str, Any]) -> frozenset[str]:
    """The claim OIDC_GROUPS_CLAIM; a dot in it leads into an object, as with Keycloak's roles."""
    found: Any = claims
    for part in settings.OIDC_GROUPS_CLAIM.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return frozenset({found})
    if not isinstance(found, list):
        return frozenset()
    return frozenset(one for one in found if isinstance(one, str))


def _described(claims: Mapping[str, Any]) -> dict[str, str]:
    return {
        "name": str(claims.get("name") or "")[:150],
        "email": str(claims.get("email") or "")[:254],
    }
