"""The guardrails' parameters over the API: read by all, set by administrators."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry
from policies import tasks
from policies.models import Assessment, ParametersChange
from tests.policies.api.asking import send
from tests.policies.api.conftest import Get

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("posture")]
ADDRESS = "organizations/o-example0001/parameters"
DEFAULTS = {
    "organization": "o-example0001",
    "security_role": "InfoSec*",
    "trail": "*",
    "organizations_scope": "all",
    "exempt_principals": ["arn:*:iam::*:role/InfoSec*"],
    "colon_paths": False,
    "changed_at": None,
}


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The organizations that the worker was asked to judge again."""
    found: list[int] = []
    monkeypatch.setattr(tasks.reassess_organization, "delay", found.append)
    monkeypatch.setattr("django.db.transaction.on_commit", lambda call: call())
    return found


def test_everybody_reads_what_is_in_force(get: Get) -> None:
    assert get(ADDRESS) == DEFAULTS
    assert get(f"{ADDRESS}?fields=trail") == {"organization": "o-example0001", "trail": "*"}
    assert "No Organization matches" in get("organizations/o-nobodyknows/parameters", 404)["detail"]


def test_what_is_sent_is_set_audited_and_judged_by(
    admin: Client, judged: list[int], posture: Assessment
) -> None:
    set_now = send(admin, "PATCH", ADDRESS, {"organizations_scope": "leave"})
    assert set_now.pop("changed_at") is not None
    assert set_now | {"organizations_scope": "all", "changed_at": None} == DEFAULTS
    assert judged == [posture.organization_id]
    entry = AuditEntry.objects.get(kind="parameters")
    assert (entry.actor, entry.before, entry.after) == (
        "admin",
        {"organizations_scope": "all"},
        {"organizations_scope": "leave"},
    )
    again = send(admin, "PATCH", ADDRESS, {"exempt_principals": []})
    assert (again["organizations_scope"], again["exempt_principals"]) == ("leave", [])


def test_what_is_in_force_already_changes_nothing(admin: Client, judged: list[int]) -> None:
    for body in ({}, {"trail": "*"}):
        assert send(admin, "PATCH", ADDRESS, body) == DEFAULTS
    assert judged == []
    assert not ParametersChange.objects.exists()


@pytest.mark.parametrize(
    ("body", "pointer", "words"),
    [
        ({"trail": "a:b"}, "#/trail", 'It must be a name, wildcards allowed, not "a:b"'),
        ({"trail": 7}, "#/trail", "Write text between quotation marks."),
        ({"exempt_principals": ["InfoSec*"]}, "#/exempt_principals", "a list of ARN patterns"),
        ({"organizations_scope": "some"}, "#/organizations_scope", "is not a valid choice"),
        ({"colon_paths": "yes"}, "#/colon_paths", "Must be a valid boolean."),
        ({"trial": "audit"}, "#/trial", "“trial” is no member here; known are security_role"),
    ],
)
def test_what_can_not_be_is_refused_by_its_member(
    admin: Client, body: dict[str, Any], pointer: str, words: str
) -> None:
    [error] = send(admin, "PATCH", ADDRESS, body, 400)["errors"]
    assert error["pointer"] == pointer
    assert words in error["detail"]
    assert not ParametersChange.objects.exists()
