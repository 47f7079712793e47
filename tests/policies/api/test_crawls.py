"""Crawls over the API: how one goes, and asking for one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from accounts.models import Connection, Crawl, Organization
from accounts.services import start_crawl
from policies import tasks
from policies.models import Assessment
from policies.services.recording import record
from tests.policies.api.asking import send
from tests.policies.api.conftest import EXAMPLE

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The connections that a worker was asked to crawl by."""
    found: list[int] = []
    monkeypatch.setattr(tasks.crawl_organization, "delay", found.append)
    monkeypatch.setattr("django.db.transaction.on_commit", lambda call: call())
    return found


def connected(organization: Organization) -> Connection:
    name = organization.aws_id
    return Connection.objects.create(name=name, profile=name, organization=organization)


@pytest.fixture
def two(posture: Assessment) -> tuple[Connection, Connection]:
    """Connections to two organizations, the second of which was crawled last."""
    later = replace(
        EXAMPLE,
        organization=replace(EXAMPLE.organization, id="o-example0002"),
        taken_at=EXAMPLE.taken_at.replace(hour=11),
    )
    other = record(start_crawl(), later).organization
    return connected(posture.organization), connected(other)


def test_a_crawl_of_the_organization_that_is_named_is_asked_for(
    operator: Client, asked: list[int], two: tuple[Connection, Connection]
) -> None:
    first, second = two
    send(operator, "POST", "crawls", {"organization": "o-example0001"}, 202)
    send(operator, "POST", "crawls", {}, 202)
    assert asked == [first.pk, second.pk]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"organization": "o-nobodyknows"}, 404, "No organization o-nobodyknows"),
        ({"organisation": "o-example0001"}, 400, "“organisation” is no member here"),
        ({"organization": 7}, 400, "Write text between quotation marks."),
    ],
)
@pytest.mark.usefixtures("posture")
def test_a_crawl_of_nothing_is_not_asked_for(
    operator: Client, asked: list[int], body: Any, status: int, words: str
) -> None:
    assert words in send(operator, "POST", "crawls", body, status)["detail"]
    assert asked == []


def test_how_a_crawl_goes_is_told_while_it_runs(operator: Client) -> None:
    crawl = start_crawl()
    Crawl.objects.update(
        phase="accounts",
        accounts_read=1_200,
        calls={"ListAccounts": 60},
        throttled={"ListAccounts": 2},
    )
    found = send(operator, "GET", f"crawls/{crawl.pk}")
    assert (found["state"], found["phase"], found["accounts_read"]) == ("running", "accounts", 1200)
    assert (found["calls"], found["throttled"]) == ({"ListAccounts": 60}, {"ListAccounts": 2})
    assert found["lost"] is False
