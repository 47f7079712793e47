"""From an empty portal to a posture, by the pages and a real worker."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from celery.contrib.testing.worker import start_worker
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Connection, Crawl
from guardrails_portal.celery import app
from guardrails_portal.people.roles import Role
from policies import tasks
from policies.models import Assessment
from tests.accounts.conftest import simulate_credentials
from tests.policies.test_crawling import eventually
from tests.simulated import Endpoint, Faults, invent
from tests.users import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
ROLE = "arn:aws:iam::222222222222:role/reader"
GIVEN = {"name": "prod", "role_arn": ROLE, "external_id": "for us two"}


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[Endpoint]:
    """An organization behind a role that asks for an external id."""
    simulate_credentials(monkeypatch)
    settings.CRAWL_RATE_SHARE = 1000.0
    with Endpoint(invent(30, 4, 3), Faults(external_id="for us two")) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint.url)
        yield endpoint


@pytest.fixture
def worker() -> Iterator[None]:
    app.control.purge()
    with start_worker(app, pool="threads", perform_ping_check=False):
        yield


def answered() -> bool:
    return Connection.objects.filter(tried_at__isnull=False).exists()


def ended(crawls: int = 1) -> bool:
    return Crawl.objects.exclude(state=Crawl.State.RUNNING).count() >= crawls


@pytest.mark.usefixtures("simulated", "worker")
def test_an_organization_is_connected_tested_mended_crawled_and_shown() -> None:
    client = signed_in(Role.ADMIN)
    overview = client.get(reverse("policies:overview")).content.decode()
    assert reverse("accounts:new-connection") in overview

    made = client.post(
        reverse("accounts:new-connection"), GIVEN | {"external_id": "mistyped"}
    ).headers["Location"]
    eventually(answered)
    assert b"sts:AssumeRole failed with AccessDenied" in client.get(made).content

    Connection.objects.update(tried_at=None)
    client.post(made, GIVEN)
    eventually(answered)
    assert b"o-simulated01 (partition aws) can be crawled." in client.get(made).content

    key = Connection.objects.get().pk
    client.post(reverse("policies:crawl"), {"connection": key})
    eventually(ended)
    assert b"Leads to o-simulated01" in client.get(made).content
    shown = client.get(reverse("policies:matrix")).content.decode()
    assert "o-simulated01" in shown


@pytest.mark.usefixtures("simulated", "worker")
def test_two_beats_start_one_crawl() -> None:
    connection = Connection.objects.create(**GIVEN)
    Connection.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    tasks.crawl_due_organizations.delay()
    tasks.crawl_due_organizations.delay()
    eventually(ended)
    # Whatever the second had asked for is dealt with before this one, in order of asking.
    tasks.crawl_organization.delay(connection.pk)
    eventually(lambda: ended(2))
    assert list(Crawl.objects.values_list("state", flat=True)) == ["completed"] * 2


@pytest.mark.usefixtures("simulated", "worker")
def test_a_connection_that_fails_leaves_the_others_alone() -> None:
    one = Connection.objects.create(**GIVEN)
    other = Connection.objects.create(name="wrong", role_arn=ROLE, external_id="mistyped")
    tasks.crawl_organization.delay(other.pk)
    tasks.crawl_organization.delay(one.pk)
    eventually(lambda: ended(2))
    assert one.crawls.get().state == "completed"
    assert other.crawls.get().error.startswith("sts:AssumeRole failed")


@pytest.mark.usefixtures("simulated")
def test_the_command_crawls_by_a_connection_and_refuses_what_contradicts_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Connection.objects.create(**GIVEN)
    call_command("crawl", "--connection", "prod")
    assert "Active member accounts" in capsys.readouterr().out
    assert Assessment.objects.get().crawl == Connection.objects.get(name="prod").crawls.get()
    with pytest.raises(CommandError, match="No connection is named dev: there are Environment"):
        call_command("crawl", "--connection", "dev")
    with pytest.raises(CommandError, match="leave out --profile"):
        call_command("crawl", "--connection", "prod", "--profile", "other")
