"""Connections over the API: made, changed, tested and deleted by administrators."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts import tasks
from accounts.models import AuditEntry, Connection
from tests.policies.api.asking import send

pytestmark = pytest.mark.django_db
ROLE = "arn:aws:iam::222222222222:role/reader"
GIVEN = {"name": "production", "role_arn": ROLE, "external_id": "only-the-two-of-us"}


@pytest.fixture(autouse=True)
def tried(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The connections that the worker was asked to try."""
    found: list[int] = []
    monkeypatch.setattr(tasks.try_connection, "delay", found.append)
    monkeypatch.setattr("django.db.transaction.on_commit", lambda call: call())
    return found


def test_a_new_connection_is_tested_at_once_and_tells_its_external_id_once(
    admin: Client, tried: list[int]
) -> None:
    made = send(admin, "POST", "connections", {**GIVEN, "rate_share": 0.5}, 201)
    assert (made["external_id"], made["rate_share"]) == ("only-the-two-of-us", 0.5)
    assert tried == [made["id"]]
    shown = send(admin, "GET", f"connections/{made['id']}")
    assert shown["external_id"] == "…f-us"
    assert shown["trial"]["state"] == "running"
    assert send(admin, "GET", "connections")["results"] == [shown]
    entries = AuditEntry.objects.filter(kind="connection")
    assert [(one.actor, one.action) for one in entries] == [
        ("admin", "tested"),
        ("admin", "created"),
    ]


def test_a_role_without_an_external_id_gets_one_of_its_own(admin: Client) -> None:
    made = send(admin, "POST", "connections", {"name": "production", "role_arn": ROLE}, 201)
    assert len(made["external_id"]) == 32
    assert Connection.objects.get().external_id == made["external_id"]
    without = {"name": "other", "role_arn": ROLE, "external_id": ""}
    assert send(admin, "POST", "connections", without, 201)["external_id"] == ""


def test_what_is_not_sent_stays_as_it_is(admin: Client, tried: list[int]) -> None:
    made = send(admin, "POST", "connections", GIVEN, 201)
    address = f"connections/{made['id']}"
    Connection.objects.update(trial_asked_at=None, tried_at="2026-11-23T10:00Z", trial_passed=True)
    changed = send(admin, "PATCH", address, {"interval_minutes": 30})
    assert (changed["interval_minutes"], changed["trial"]["state"]) == (30, "passed")
    assert tried == [made["id"]]
    changed = send(admin, "PATCH", address, {"external_id": "another"})
    assert (changed["name"], changed["trial"]["state"]) == ("production", "running")
    assert tried == [made["id"]] * 2
    assert send(admin, "PATCH", address, {"role_arn": ""})["external_id"] == ""


def test_a_connection_is_tested_again_and_deleted(admin: Client, tried: list[int]) -> None:
    made = send(admin, "POST", "connections", GIVEN, 201)
    send(admin, "POST", f"connections/{made['id']}/test", status=202)
    assert tried == [made["id"]] * 2
    send(admin, "DELETE", f"connections/{made['id']}", status=204)
    assert not Connection.objects.exists()
    assert AuditEntry.objects.latest("pk").action == "deleted"


@pytest.mark.parametrize(
    ("given", "pointer", "words"),
    [
        ({"name": ""}, "#/name", "may not be blank"),
        ({"name": 7}, "#/name", "Write text between quotation marks."),
        ({"name": "other"}, "#/name", "with this Name already exists"),
        ({"role_arn": "reader"}, "#/role_arn", "Write a role's ARN, such as arn:aws:iam::"),
        ({"role_arn": "", "external_id": "x"}, "#", "An external id is for a role"),
        ({"profile": "other", "role_arn": ""}, "#", "Another connection has these credentials"),
        ({"interval_minutes": 4}, "#/interval_minutes", "greater than or equal to 5"),
        ({"interval_minutes": "30"}, "#/interval_minutes", "A valid integer is required."),
        ({"rate_share": 2}, "#/rate_share", "less than or equal to 1"),
        ({"scheduled": "yes"}, "#/scheduled", "Must be a valid boolean."),
        ({"role": ROLE}, "#/role", "“role” is no member here; known are name, role_arn"),
    ],
)
def test_what_is_no_connection_is_refused_by_its_member(
    admin: Client, given: dict[str, Any], pointer: str, words: str
) -> None:
    Connection.objects.create(name="other", profile="other")
    body = {"name": "production", "role_arn": ROLE} | given
    [error] = send(admin, "POST", "connections", body, 400)["errors"]
    assert error["pointer"] == pointer
    assert words in error["detail"]
    assert Connection.objects.count() == 1
    assert not AuditEntry.objects.filter(kind="connection").exists()
