"""API tokens, and how the REST API takes them: a real view with the settings' own classes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.auditing import Actor
from accounts.models import AuditEntry
from guardrails_portal.people.models import ApiToken, User
from guardrails_portal.people.roles import Role, Scope
from guardrails_portal.people.services.tokens import create_token, revoke_token
from tests.users import make_user

pytestmark = pytest.mark.django_db
ADA = Actor("ada")


class Crawls(APIView):
    """Reading for everybody; of PUT nothing is declared."""

    def get(self, request: Request) -> Response:
        return Response({"user": str(request.user), "token": str(request.auth)})

    def put(self, _request: Request) -> Response:
        return Response()


def token_for(
    role: Role = Role.ADMIN, scope: Scope = Scope.READ, days: int = 1
) -> tuple[ApiToken, str]:
    until = timezone.now() + timedelta(days=days)
    return create_token(ADA, make_user(role), "ci", scope, until)


def ask(authorization: str | None = None, method: str = "get") -> Response:
    headers = {} if authorization is None else {"authorization": authorization}
    request = getattr(RequestFactory(), method)("/", headers=headers)
    return Crawls.as_view()(request)


def test_a_token_speaks_for_its_owner() -> None:
    token, secret = token_for(Role.VIEWER)

    answer = ask(f"Bearer {secret}")

    assert answer.status_code == 200
    assert answer.data == {"user": "viewer", "token": str(token)}


def test_the_secret_is_stored_nowhere() -> None:
    token, secret = token_for()

    assert secret.startswith(f"{token.prefix}")
    assert len(secret) - len(token.prefix) >= 37
    for row in (*ApiToken.objects.values(), *AuditEntry.objects.values()):
        assert secret not in str(row)


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer gp_unknown",
        "Bearer",
        "Bearer a b",
        "Bearer \xff\xfe",
        "Basic YTpi",
        "bearer ",
    ],
)
def test_without_a_good_token_the_answer_is_401_and_says_how(authorization: str | None) -> None:
    answer = ask(authorization)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_revoked_an_expired_and_a_deactivated_users_token_are_refused() -> None:
    revoked, first = token_for(Role.VIEWER)
    revoke_token(ADA, revoked)
    _, second = token_for(Role.OPERATOR, days=-1)
    _, third = token_for(Role.ADMIN)
    User.objects.filter(role=Role.ADMIN).update(is_active=False)

    assert [ask(f"Bearer {one}").status_code for one in (first, second, third)] == [401] * 3


def test_a_change_for_which_nothing_is_declared_is_refused_to_everybody() -> None:
    _, secret = token_for(Role.ADMIN, Scope.ADMIN)

    assert ask(f"Bearer {secret}", "put").status_code == 403


def test_its_last_use_is_known_to_the_minute() -> None:
    token, secret = token_for()
    ask(f"Bearer {secret}")
    token.refresh_from_db()
    first = token.last_used_at
    assert first is not None
    assert timezone.now() - first < timedelta(minutes=1)

    ask(f"Bearer {secret}")
    token.refresh_from_db()
    assert token.last_used_at == first


def test_making_and_revoking_are_in_the_audit_log_once() -> None:
    token, _ = token_for()
    revoke_token(ADA, token)
    revoke_token(ADA, token)

    entries = AuditEntry.objects.order_by("id").values_list("actor", "action", "subject")
    assert list(entries) == [("ada", "created", str(token)), ("ada", "revoked", str(token))]
