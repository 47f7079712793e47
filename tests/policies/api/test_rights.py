"""Who may do what: nobody, viewer, operator and admin at each endpoint, by session and token."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.api.throttling import TokenThrottle
from accounts.auditing import Actor
from accounts.connections import create_connection
from accounts.models import AuditEntry, Connection
from accounts.services import start_crawl
from guardrails_portal.people.models import ApiToken
from guardrails_portal.people.roles import Role, Scope
from guardrails_portal.people.services.tokens import create_token, revoke_token
from policies.models import Assessment
from tests.policies.api.test_assess import LEVELS
from tests.policies.reports.writing import failed, made
from tests.users import make_user, signed_in

pytestmark = pytest.mark.django_db

SCHEMA: Final = Path(__file__).resolve().parents[3] / "docs" / "openapi.yaml"
# What stands in an address for what the example has.
PARTS: Final = {
    "{account}": "100000000001",
    "{guardrail}": "protect-cloudtrail",
    "{organization}": "o-example0001",
    "{policy}": "p-scp00001",
    "{unit}": "r-ab12",
}
# Answers by role: nobody, viewer, operator, admin. What is not named here is for all to read.
READING: Final = (401, 200, 200, 200)
OTHER: Final = {
    ("post", "/api/v1/crawls"): (401, 403, 202, 202),
    ("get", "/api/v1/audit"): (401, 404, 404, 200),
    ("get", "/api/v1/audit/{id}"): (401, 404, 404, 200),
    ("get", "/api/v1/connections"): (401, 404, 404, 200),
    ("post", "/api/v1/connections"): (401, 403, 403, 201),
    ("get", "/api/v1/connections/{id}"): (401, 404, 404, 200),
    ("patch", "/api/v1/connections/{id}"): (401, 403, 403, 200),
    ("delete", "/api/v1/connections/{id}"): (401, 403, 403, 204),
    ("post", "/api/v1/connections/{id}/test"): (401, 403, 403, 202),
    ("patch", "/api/v1/organizations/{organization}/parameters"): (401, 403, 403, 200),
    ("post", "/api/v1/report-schedules"): (401, 403, 201, 201),
    ("patch", "/api/v1/report-schedules/{id}"): (401, 403, 200, 200),
    ("post", "/api/v1/report-schedules/{id}/send"): (401, 403, 202, 202),
    # What the operator deletes, and sends again, the administrator finds done.
    ("delete", "/api/v1/report-schedules/{id}"): (401, 403, 204, 404),
    ("post", "/api/v1/deliveries/{id}/send"): (401, 403, 202, 409),
}
# A body that is right, where one is needed.
BODIES: Final[dict[tuple[str, str], dict[str, Any]]] = {
    ("post", "/api/v1/assess"): LEVELS,
    ("post", "/api/v1/connections"): {"name": "production", "profile": "production"},
    ("patch", "/api/v1/connections/{id}"): {"scheduled": False},
    ("patch", "/api/v1/organizations/{organization}/parameters"): {"trail": "audit"},
    ("post", "/api/v1/report-schedules"): {
        "name": "Board",
        "recipients": [{"kind": "email", "address": "ciso@example.com"}],
    },
    ("patch", "/api/v1/report-schedules/{id}"): {"hour": 9},
}
OPERATIONS: Final = sorted(
    (method, address)
    for address, methods in yaml.safe_load(SCHEMA.read_text())["paths"].items()
    for method in methods
)


@pytest.fixture
def ids(posture: Assessment) -> dict[str, str]:
    """One of everything that has an id of the portal's own, by the first part of its address."""
    connection = create_connection(Actor("ada"), Connection(name="example"))
    report = made("ciso@example.com")
    return {
        "audit": str(AuditEntry.objects.latest("pk").pk),
        "connections": str(connection.pk),
        "crawls": str(posture.crawl_id),
        "deliveries": str(failed(report, "550 No such user here").pk),
        "report-schedules": str(report.schedule_id),
        "reports": str(report.pk),
    }


def ask(
    client: Client,
    method: str,
    address: str,
    ids: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> int:
    body = BODIES.get((method, address))
    for part, value in PARTS.items():
        address = address.replace(part, value)
    address = address.replace("{id}", (ids or {}).get(address.split("/")[3], ""))
    sent = "" if body is None else json.dumps(body)
    kind = "application/json"
    return client.generic(method.upper(), address, sent, kind, headers=headers).status_code


def test_every_address_of_the_schema_is_tried() -> None:
    assert ("get", "/api/v1/verdicts") in OPERATIONS
    assert ("post", "/api/v1/assess") in OPERATIONS
    assert len(OPERATIONS) >= 36


@pytest.mark.parametrize(("method", "address"), OPERATIONS)
def test_each_role_gets_what_it_may(ids: Mapping[str, str], method: str, address: str) -> None:
    expected = OTHER.get((method, address), READING)
    clients = [Client(), *(signed_in(role) for role in (Role.VIEWER, Role.OPERATOR, Role.ADMIN))]
    assert tuple(ask(client, method, address, ids) for client in clients) == expected


def bearer(role: Role, scope: Scope) -> tuple[ApiToken, dict[str, str]]:
    user = make_user(role, f"{role}-{scope}")
    end = timezone.now() + timedelta(days=1)
    token, secret = create_token(Actor("ada"), user, "ci", scope, end)
    return token, {"Authorization": f"Bearer {secret}"}


@pytest.mark.parametrize(
    ("role", "scope", "crawling"),
    [
        (Role.VIEWER, Scope.READ, 403),
        (Role.VIEWER, Scope.CRAWL, 403),
        (Role.VIEWER, Scope.ADMIN, 403),
        (Role.OPERATOR, Scope.READ, 403),
        (Role.OPERATOR, Scope.CRAWL, 202),
        (Role.ADMIN, Scope.READ, 403),
        (Role.ADMIN, Scope.CRAWL, 202),
        (Role.ADMIN, Scope.ADMIN, 202),
    ],
)
def test_a_token_may_what_both_its_scope_and_its_owner_may(
    posture: Assessment, client: Client, role: Role, scope: Scope, crawling: int
) -> None:
    _, headers = bearer(role, scope)
    assert ask(client, "get", "/api/v1/verdicts", headers=headers) == 200
    assert ask(client, "post", "/api/v1/assess", headers=headers) == 200
    assert ask(client, "post", "/api/v1/crawls", headers=headers) == crawling


@pytest.mark.parametrize("scope", [Scope.READ, Scope.CRAWL])
def test_what_a_role_may_see_and_its_token_may_not_is_forbidden(
    posture: Assessment, client: Client, scope: Scope
) -> None:
    _, headers = bearer(Role.ADMIN, scope)
    for address in ("/api/v1/audit", "/api/v1/connections"):
        assert ask(client, "get", address, headers=headers) == 403
    assert ask(client, "post", "/api/v1/report-schedules", headers=headers) == 403


@pytest.mark.parametrize(
    ("role", "scope", "address", "sentence"),
    [
        (Role.VIEWER, Scope.READ, "crawls", "role is Viewer, and this needs Operator."),
        (Role.OPERATOR, Scope.ADMIN, "connections", "is Operator, and this needs Administrator."),
        (Role.ADMIN, Scope.READ, "crawls", "scope is `read`, and this needs `crawl`: make another"),
        (Role.ADMIN, Scope.CRAWL, "connections", "scope is `crawl`, and this needs `admin`: make"),
    ],
)
def test_who_is_refused_reads_what_would_be_enough(
    client: Client, role: Role, scope: Scope, address: str, sentence: str
) -> None:
    _, headers = bearer(role, scope)
    refused = client.post(f"/api/v1/{address}", headers=headers)
    assert refused.status_code == 403
    assert sentence in refused.json()["detail"]


def test_who_is_logged_in_and_refused_reads_which_role_would_be_enough(
    viewer: Client,
) -> None:
    refused = viewer.post("/api/v1/crawls").json()
    assert refused["detail"] == "Your role is Viewer, and this needs Operator."


def test_what_may_not_be_seen_is_no_different_from_what_is_not_there(
    ids: Mapping[str, str], viewer: Client
) -> None:
    for address in ("audit/{id}", "connections/{id}"):
        for method in ("get", "head"):
            there = ask(viewer, method, f"/api/v1/{address}", ids)
            assert there == ask(viewer, method, f"/api/v1/{address.format(id=0)}") == 404


def test_a_revoked_token_gets_nowhere(posture: Assessment, client: Client) -> None:
    token, headers = bearer(Role.ADMIN, Scope.ADMIN)
    revoke_token(Actor("ada"), token)
    refused = client.get("/api/v1/verdicts", headers=headers)
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == 'Bearer realm="api"'
    assert refused.headers["Content-Type"] == "application/problem+json"


def test_a_session_that_changes_something_needs_the_csrf_token(posture: Assessment) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user(Role.ADMIN))
    assert ask(client, "post", "/api/v1/crawls") == 403


def test_a_second_crawl_at_once_is_a_conflict(posture: Assessment) -> None:
    client = signed_in(Role.OPERATOR)
    start_crawl()
    assert ask(client, "post", "/api/v1/crawls") == 409


def test_whoever_asks_too_often_is_told_when_to_come_again(
    posture: Assessment, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setattr(TokenThrottle, "THROTTLE_RATES", {"api": "2/min", "assess": "30/min"})
    _, busy = bearer(Role.VIEWER, Scope.READ)
    _, other = bearer(Role.OPERATOR, Scope.READ)
    statuses = [ask(client, "get", "/api/v1/coverage", headers=busy) for _ in range(3)]
    assert statuses == [200, 200, 429]
    refused = client.get("/api/v1/coverage", headers=busy)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.json()["title"] == "Too Many Requests"
    assert ask(client, "get", "/api/v1/coverage", headers=other) == 200
