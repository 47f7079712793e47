"""Trying a connection: what a worker answers, and what is kept of it."""

from __future__ import annotations

import pytest

from accounts import tasks
from accounts.auditing import Actor
from accounts.aws.connection import Credentials
from accounts.aws.permissions import (
    ACTIONS,
    Trial,
    reading_policy,
    trust_policy,
    try_permissions,
)
from accounts.connections import change_connection, create_connection, environment_connection
from accounts.models import AuditEntry, Connection, Organization
from tests.simulated import Endpoint, Faults, SimulatedOrganization, invent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("simulated_credentials")]
ROLE = "arn:aws:iam::222222222222:role/reader"
ADA = Actor("ada")


def tried(
    monkeypatch: pytest.MonkeyPatch,
    connection: Connection,
    faults: Faults | None = None,
    organization: SimulatedOrganization | None = None,
) -> Connection:
    """The connection as it is once a worker has done the task."""
    with Endpoint(organization or invent(3, 1, 1), faults or Faults()) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint.url)
        tasks.try_connection(connection.pk)
    connection.refresh_from_db()
    return connection


def behind_a_role(external_id: str) -> Connection:
    return create_connection(
        ADA, Connection(name="prod", role_arn=ROLE, external_id=external_id, scheduled=False)
    )


def test_a_role_with_the_right_external_id_works(monkeypatch: pytest.MonkeyPatch) -> None:
    found = tried(monkeypatch, behind_a_role("for us two"), Faults(external_id="for us two"))
    assert found.trial_passed
    assert found.trial_sentence == "o-simulated01 (partition aws) can be crawled."


def test_a_role_that_asks_for_another_external_id_is_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = tried(monkeypatch, behind_a_role("another"), Faults(external_id="for us two"))
    assert not found.trial_passed
    assert found.trial_sentence.startswith("sts:AssumeRole failed with AccessDenied: the role's")
    assert "needs sts:AssumeRole on this one" in found.trial_sentence
    assert "another" not in found.trial_sentence


def test_a_missing_permission_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    faults = Faults(denied=frozenset({"ListPolicies"}))
    found = tried(monkeypatch, environment_connection(), faults)
    assert not found.trial_passed
    assert "missing: organizations:ListPolicies." in found.trial_sentence


def test_a_second_connection_to_the_same_organization_is_pointed_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = behind_a_role("for us two")
    first.organization = Organization.objects.create(
        aws_id="o-simulated01", taken_at="2026-11-25T10:00Z"
    )
    first.save()
    found = tried(monkeypatch, environment_connection())
    assert found.trial_passed
    assert found.trial_sentence.endswith("“prod” leads to as well: one of the two is enough.")


def test_what_nobody_foresaw_is_said_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(credentials: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("accounts.tasks.try_permissions", broken)
    connection = environment_connection()
    tasks.try_connection(connection.pk)
    connection.refresh_from_db()
    assert "The portal failed while it tested (ZeroDivisionError)" in connection.trial_sentence


def test_asking_is_noted_and_audited() -> None:
    connection = environment_connection()
    tasks.ask_for_trial(ADA, connection)
    connection.refresh_from_db()
    assert connection.being_tried
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.kind, entry.action) == ("ada", "connection", "tested")


def test_an_answer_about_credentials_that_were_changed_meanwhile_is_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connection = behind_a_role("for us two")

    def meanwhile(credentials: Credentials) -> Trial:
        connection.external_id = "another"
        change_connection(ADA, connection)
        return try_permissions(credentials)

    monkeypatch.setattr("accounts.tasks.try_permissions", meanwhile)
    assert tried(monkeypatch, connection, Faults(external_id="for us two")).tried_at is None


def test_other_credentials_are_untried_and_other_words_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connection = tried(monkeypatch, behind_a_role("1"), Faults(external_id="1"))
    connection.name = "production"
    assert change_connection(ADA, connection).tried_at is not None
    connection.external_id = "2"
    changed = change_connection(ADA, connection)
    assert (changed.tried_at, changed.trial_passed, changed.trial_sentence) == (None, False, "")


def test_no_entry_of_the_audit_log_holds_an_external_id() -> None:
    connection = behind_a_role("long-and-random-1")
    connection.external_id = "long-and-random-2"
    change_connection(ADA, connection)
    texts = [f"{one.before} {one.after}" for one in AuditEntry.objects.filter(kind="connection")]
    assert "external_id" in texts[0]
    assert "long-and-random" not in "".join(texts)


def test_a_task_for_a_connection_that_is_gone_does_nothing() -> None:
    tasks.try_connection(7)
    assert not Connection.objects.exists()


def test_the_policies_offered_are_the_least_that_is_needed() -> None:
    (statement,) = reading_policy()["Statement"]
    assert statement["Action"] == list(ACTIONS)
    assert all(one.startswith(("organizations:List", "organizations:Describe")) for one in ACTIONS)
    (trust,) = trust_policy("x")["Statement"]
    assert trust["Condition"] == {"StringEquals": {"sts:ExternalId": "x"}}
