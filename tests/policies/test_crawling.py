"""A crawl from moto over HTTP into Postgres, by the service and by a real worker."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import psycopg2
import pytest
from celery.contrib.testing.worker import start_worker
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.aws.errors import AwsError
from accounts.aws.sample import create_sample
from accounts.crawl import Progress
from accounts.models import Account, Crawl
from accounts.sample import example_corp
from accounts.services import start_crawl
from guardrails_portal.celery import app
from guardrails_portal.people.models import User
from policies import tasks
from policies.models import Assessment, Verdict
from policies.services.crawling import CrawlRunning, crawl_organization
from policies.services.recording import record
from tests.factories import organization

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("aws", "fast")]


@pytest.fixture
def fast(settings: Settings) -> None:
    """moto answers at any rate."""
    settings.CRAWL_RATE_SHARE = 1000.0


@pytest.fixture
def worker() -> Iterator[None]:
    app.control.purge()
    with start_worker(app, pool="threads", perform_ping_check=False):
        yield


def eventually(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < deadline, "it did not happen within 20 s"
        time.sleep(0.05)


def ended(crawls: int = 1) -> bool:
    return Crawl.objects.exclude(state=Crawl.State.RUNNING).count() >= crawls


def test_the_sample_organization_is_read_judged_and_stored() -> None:
    create_sample(example_corp())
    phases: list[Progress] = []
    assessment = crawl_organization(phases.append)
    crawl = Crawl.objects.get()
    assert crawl.state == Crawl.State.COMPLETED
    assert crawl.calls["DescribeOrganization"] == 1
    assert assessment.crawl == crawl
    assert Account.objects.counted().count() > 100
    found = set(Verdict.objects.values_list("status", flat=True))
    assert {"enforced", "partial", "missing", "not_applicable"} <= found
    assert phases[-1].accounts or phases[-1].calls


def test_an_error_of_aws_fails_the_crawl_with_its_sentence_and_changes_nothing() -> None:
    before = record(start_crawl(), organization())
    with pytest.raises(AwsError, match="AWSOrganizationsNotInUseException") as raised:
        crawl_organization()
    crawl = Crawl.objects.latest()
    assert crawl.state == Crawl.State.FAILED
    assert crawl.error == str(raised.value)
    assert crawl.finished_at is not None
    assert Assessment.objects.get() == before
    assert Account.objects.filter(name="payments").exists()


def test_never_two_crawls_at_once() -> None:
    create_sample(example_corp())
    elsewhere = psycopg2.connect(**connection.get_connection_params())
    try:
        with elsewhere.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(7303014)")
        with pytest.raises(CrawlRunning, match="running already"):
            crawl_organization()
        tasks.crawl_organization()
        assert not Crawl.objects.exists()
    finally:
        elsewhere.close()
    eventually(lambda: _succeeds(crawl_organization))


def _succeeds(crawl: Callable[[], Assessment]) -> bool:
    """Postgres may take a moment to let go of what a closed connection held."""
    try:
        crawl()
    except CrawlRunning:
        return False
    return True


def test_a_crawl_whose_worker_died_is_ended_by_the_next() -> None:
    create_sample(example_corp())
    dead = start_crawl()
    crawl_organization()
    dead.refresh_from_db()
    assert dead.state == Crawl.State.FAILED
    assert dead.error == "The crawl was cut off before its end: the worker stopped."


def test_the_lock_is_free_again_after_a_failure() -> None:
    with pytest.raises(AwsError):
        crawl_organization()
    create_sample(example_corp())
    assert crawl_organization().totals


def test_a_failure_of_the_portal_itself_is_said_on_the_crawl_too() -> None:
    create_sample(example_corp())

    def break_it(progress: Progress) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        crawl_organization(break_it)
    assert "ZeroDivisionError" in Crawl.objects.get().error


@pytest.mark.usefixtures("worker")
def test_the_worker_crawls_when_the_clock_strikes() -> None:
    create_sample(example_corp())
    tasks.crawl_due_organizations.delay()
    eventually(ended)
    assert Crawl.objects.get().state == Crawl.State.COMPLETED
    assert Assessment.objects.exists()


@pytest.mark.usefixtures("worker")
def test_the_button_asks_the_worker_for_a_crawl() -> None:
    create_sample(example_corp())
    client = Client()
    client.force_login(User.objects.create_superuser("demo"))
    response = client.post(reverse("policies:crawl"), {"next": reverse("policies:overview")})
    assert response.headers["Location"] == reverse("policies:overview")
    eventually(ended)
    assert b"northwind-billing" in client.get(reverse("policies:matrix")).content


@pytest.mark.usefixtures("worker")
def test_a_worker_outlives_a_crawl_that_fails() -> None:
    tasks.crawl_organization.delay()
    eventually(ended)
    assert Crawl.objects.get().state == Crawl.State.FAILED
    create_sample(example_corp())
    tasks.crawl_organization.delay()
    eventually(lambda: ended(2))
    assert Crawl.objects.latest().state == Crawl.State.COMPLETED
