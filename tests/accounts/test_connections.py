"""Ways to organizations: which are due, and what is said of each."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from accounts.auditing import PORTAL
from accounts.aws.connection import Credentials
from accounts.aws.permissions import try_permissions
from accounts.connections import (
    change_connection,
    connection_of,
    create_connection,
    credentials_of,
    delete_connection,
    due_connections,
    environment_connection,
)
from accounts.models import AuditEntry, Connection, Crawl
from accounts.services import start_crawl
from tests.simulated import Endpoint, Faults, invent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("simulated_credentials")]
ROLE = "arn:aws:iam::222222222222:role/reader"


def crawled(connection: Connection, minutes_ago: int, state: str, *, lost: bool = False) -> None:
    crawl = start_crawl(connection)
    started = timezone.now() - timedelta(minutes=minutes_ago)
    Crawl.objects.filter(pk=crawl.pk).update(
        started_at=started, heartbeat_at=started, state=state, lost=lost
    )


@pytest.mark.parametrize(
    ("minutes_ago", "state", "due"),
    [
        (61, "completed", True),
        (59, "completed", False),
        (61, "failed", True),
        (59, "failed", False),
        (600, "running", False),
    ],
)
def test_what_is_due_is_told_by_the_last_crawl(minutes_ago: int, state: str, due: bool) -> None:
    connection = environment_connection()
    crawled(connection, 200, "completed")
    crawled(connection, minutes_ago, state)
    if minutes_ago > 200:
        Crawl.objects.filter(state="completed").delete()
    assert bool(due_connections()) is due


def test_a_connection_may_have_an_interval_of_its_own(settings: Settings) -> None:
    connection = environment_connection()
    crawled(connection, 59, "completed")
    connection.interval_minutes = 30
    connection.save()
    assert due_connections() == [connection]
    connection.scheduled = False
    connection.save()
    assert due_connections() == []


def test_a_lost_crawl_is_started_again_at_once_but_not_for_ever() -> None:
    connection = environment_connection()
    crawled(connection, 3, "failed", lost=True)
    assert due_connections() == [connection]
    crawled(connection, 2, "failed", lost=True)
    crawled(connection, 1, "failed", lost=True)
    assert due_connections() == []


def test_a_new_connection_is_left_a_minute_to_whoever_made_it() -> None:
    connection = environment_connection()
    assert due_connections() == []
    assert due_connections(timezone.now() + timedelta(seconds=61)) == [connection]


def test_the_environment_s_connection_follows_the_settings(settings: Settings) -> None:
    settings.CRAWL_ROLE_ARN = ROLE
    settings.CRAWL_EXTERNAL_ID = "example"
    credentials = Credentials(role_arn=ROLE, external_id="example")
    assert credentials_of(environment_connection()) == credentials
    assert connection_of(credentials) == environment_connection()


def test_credentials_named_on_the_command_line_are_not_put_on_the_clock() -> None:
    connection = connection_of(Credentials(profile="audit"))
    assert (connection.name, connection.scheduled) == ("audit", False)
    assert credentials_of(connection) == Credentials(profile="audit")
    assert connection_of(Credentials(profile="audit")) == connection


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"role_arn": "reader"},
            "Write a role's ARN, such as arn:aws:iam::123456789012:role/guardrails-portal",
        ),
        ({"external_id": "example"}, "An external id is for a role: give the role's ARN too."),
        ({"profile": ""}, "Another connection has these credentials already."),
        ({"profile": "other", "interval_minutes": 4}, "Write minutes from 5 to 10080"),
    ],
)
def test_what_can_not_be_is_refused_with_a_sentence(fields: dict[str, str], sentence: str) -> None:
    environment_connection()
    with pytest.raises(ValidationError) as refused:
        create_connection(PORTAL, Connection(name="new", **fields))
    assert sentence in " ".join(refused.value.messages)
    assert Connection.objects.count() == 1


def test_every_change_stands_in_the_audit_log() -> None:
    connection = create_connection(PORTAL, Connection(name="audit", profile="audit"))
    connection.interval_minutes = 30
    change_connection(PORTAL, connection)
    delete_connection(PORTAL, connection)
    entries = AuditEntry.objects.filter(kind="connection").order_by("pk")
    assert [one.action for one in entries] == ["created", "changed", "deleted"]
    assert entries[1].before == {"interval_minutes": None}
    assert entries[1].after == {"interval_minutes": 30}


def test_a_trial_says_that_all_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with Endpoint(invent(30, 4, 2)) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint.url)
        trial = try_permissions(Credentials())
    assert trial.sentence == "o-simulated01 (partition aws) can be crawled."
    assert set(endpoint.calls.values()) == {1}
    assert len(endpoint.calls) == 12


def test_a_trial_names_every_permission_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    denied = frozenset({"ListPolicies", "DescribeAccount"})
    with Endpoint(invent(30, 4, 2), Faults(denied=denied)) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint.url)
        trial = try_permissions(Credentials())
    assert trial.missing == ("organizations:DescribeAccount", "organizations:ListPolicies")
    assert "since the permissions are missing: organizations:DescribeAccount, " in trial.sentence


def test_the_command_adds_tries_lists_and_removes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("connections", "add", "prod", "--role-arn", ROLE, "--every", "30")
    call_command("connections")
    assert "prod" in capsys.readouterr().out
    with pytest.raises(CommandError, match="No connection is named dev: there are Environment"):
        call_command("connections", "test", "dev")
    with Endpoint(invent(3, 1, 1)) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint.url)
        call_command("connections", "test", "Environment")
    assert capsys.readouterr().out == "o-simulated01 (partition aws) can be crawled.\n"
    call_command("connections", "remove", "prod")
    assert not Connection.objects.filter(name="prod").exists()
