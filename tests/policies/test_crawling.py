"""A crawl over HTTP into Postgres, by the service and by a real worker.

Of moto for the ordinary path, of a small simulated organization for what goes wrong.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Barrier, Thread

import psycopg2
import pytest
from celery.contrib.testing.worker import start_worker
from django.apps import apps
from django.core.serializers import serialize
from django.db import connection as database
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.aws.connection import Credentials, connect
from accounts.aws.errors import AwsError
from accounts.aws.organizations import OrganizationsReader
from accounts.connections import environment_connection
from accounts.crawl import Progress, read_organization
from accounts.models import Connection, Crawl
from accounts.services import keep_unjudged, start_crawl
from accounts.snapshot_codec import digest
from guardrails_portal.celery import app
from guardrails_portal.people.models import User
from policies import tasks
from policies.models import AccountVersion, Assessment, Verdict
from policies.selectors.snapshots import snapshot_at
from policies.services import crawling, heartbeat
from policies.services.crawling import CrawlRunning, crawl_organization, reassess_organization
from policies.services.recording import record
from tests.factories import organization
from tests.simulated import Endpoint, invent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fast")]


@pytest.fixture
def fast(settings: Settings) -> None:
    """No endpoint of a test needs mercy."""
    settings.CRAWL_RATE_SHARE = 1000.0


@pytest.fixture
def simulated(aws: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    with Endpoint(invent(60, 6, 8)) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint.url)
        yield endpoint


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


@pytest.mark.usefixtures("sample_aws")
def test_the_sample_organization_is_read_judged_and_stored() -> None:
    phases: list[Progress] = []
    assessment = crawl_organization(phases.append)
    crawl = Crawl.objects.get()
    assert crawl.state == Crawl.State.COMPLETED
    assert crawl.calls["DescribeOrganization"] == 1
    assert assessment.crawl == crawl
    assert AccountVersion.objects.at(assessment).count() > 100
    found = set(Verdict.objects.values_list("status", flat=True))
    assert {"enforced", "partial", "missing", "not_applicable"} <= found
    assert phases[-1].accounts or phases[-1].calls


@pytest.mark.usefixtures("aws")
def test_an_error_of_aws_fails_the_crawl_with_its_sentence_and_changes_nothing() -> None:
    before = record(start_crawl(), organization())
    with pytest.raises(AwsError, match="AWSOrganizationsNotInUseException") as raised:
        crawl_organization()
    crawl = Crawl.objects.latest()
    assert crawl.state == Crawl.State.FAILED
    assert crawl.error == str(raised.value)
    assert crawl.finished_at is not None
    assert Assessment.objects.get() == before
    assert AccountVersion.objects.at(before).filter(name="payments").exists()


@pytest.mark.usefixtures("simulated")
@pytest.mark.parametrize("of_what", ["the connection", "the organization"])
def test_never_two_crawls_at_once(of_what: str) -> None:
    connection = environment_connection()
    key = f"connection {connection.pk}"
    if of_what == "the organization":
        key = connect(share=1000).organization().id
    elsewhere = psycopg2.connect(**database.get_connection_params())
    try:
        with elsewhere.cursor() as cursor:
            lock = zlib.crc32(key.encode()) - 2**31
            cursor.execute("SELECT pg_advisory_lock(7303014, %s)", [lock])
        with pytest.raises(CrawlRunning, match="running already"):
            crawl_organization()
        tasks.crawl_organization()
        assert not Crawl.objects.exclude(state=Crawl.State.FAILED).exists()
        assert not Assessment.objects.exists()
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


@pytest.mark.usefixtures("simulated")
def test_two_ways_to_one_organization_taken_at_once_store_it_whole_and_one_at_a_time() -> None:
    role = "arn:aws:iam::111111111111:role/guardrails-portal"
    another = Connection.objects.create(name="Another way", role_arn=role)
    ways = [environment_connection(), another]
    together = Barrier(len(ways))
    stored: list[Assessment] = []
    refused: list[str] = []

    def crawl(way: Connection) -> None:
        together.wait()
        try:
            stored.append(crawl_organization(connection=way))
        except CrawlRunning as problem:
            refused.append(str(problem))
        finally:
            connections.close_all()

    threads = [Thread(target=crawl, args=[way]) for way in ways]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stored
    assert len(stored) + len(refused) == len(ways)
    assert set(Assessment.objects.all()) == set(stored)
    failed = Crawl.objects.exclude(state=Crawl.State.COMPLETED)
    assert [crawl.error for crawl in failed] == refused
    newest = Assessment.objects.latest()
    assert digest(snapshot_at(newest)) == digest(read_organization(connect(share=1000)))


@pytest.mark.usefixtures("simulated")
def test_a_crawl_whose_worker_died_is_ended_by_the_next() -> None:
    dead = start_crawl(environment_connection())
    crawl_organization()
    dead.refresh_from_db()
    assert (dead.state, dead.lost) == (Crawl.State.FAILED, True)
    assert dead.error.startswith("The crawl was cut off before its end: its worker stopped.")


@pytest.mark.usefixtures("simulated")
def test_what_a_dead_worker_had_read_is_judged_by_the_next_crawl() -> None:
    dead = start_crawl(environment_connection())
    keep_unjudged(dead, read_organization(connect(share=1000)))
    crawl_organization()
    dead.refresh_from_db()
    assert (dead.state, dead.lost, dead.error) == (Crawl.State.COMPLETED, False, "")
    assert Assessment.objects.count() == 2


@pytest.mark.usefixtures("simulated", "worker")
def test_what_a_dead_worker_had_read_is_judged_after_the_next_beat_and_once() -> None:
    dead = start_crawl(environment_connection())
    keep_unjudged(dead, read_organization(connect(share=1000)))
    Crawl.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=31))
    tasks.crawl_due_organizations.delay()
    eventually(lambda: Crawl.objects.filter(state=Crawl.State.COMPLETED).count() == 2)
    dead.refresh_from_db()
    assert (dead.state, dead.lost, dead.error) == (Crawl.State.COMPLETED, False, "")
    before = list(Assessment.objects.all())
    assert [one.crawl for one in before].count(dead) == 1
    tasks.crawl_due_organizations()
    reassess_organization(before[0].organization)
    assert list(Assessment.objects.all()) == before


@pytest.mark.usefixtures("simulated")
def test_the_row_tells_how_the_crawl_went() -> None:
    crawl_organization()
    first = Crawl.objects.get()
    assert first.accounts_read == AccountVersion.objects.count()
    assert first.calls_made == sum(first.calls.values()) > 20
    assert first.calls_throttled == 0
    assert first.phase == "verdicts"
    assert first.connection is not None
    assert first.connection.organization == first.organization
    crawl_organization()
    assert Crawl.objects.latest().expected_calls == first.calls_made


@pytest.mark.parametrize(("of_connection", "share"), [(None, 0.25), (0.5, 0.5)])
def test_a_good_neighbour_uses_part_of_the_rates(
    simulated: Endpoint,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    of_connection: float | None,
    share: float,
) -> None:
    """That of the settings, unless the connection has one of its own."""
    settings.CRAWL_RATE_SHARE = 0.25
    limited: list[float] = []

    def connected(credentials: Credentials, *, share: float) -> OrganizationsReader:
        limited.append(share)
        return connect(credentials, share=1000)

    monkeypatch.setattr(crawling, "connect", connected)
    Connection.objects.create(name="Environment", rate_share=of_connection)
    crawl_organization()
    assert limited == [share]


@pytest.mark.usefixtures("simulated")
def test_no_secret_of_aws_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMIK7MDENG")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "IQoJb3JpZ2luX2Vj")
    crawl_organization()
    stored = "".join(serialize("json", model._default_manager.all()) for model in apps.get_models())
    assert "o-simulated01" in stored
    assert "wJalrXUtnFEMIK7MDENG" not in stored
    assert "IQoJb3JpZ2luX2Vj" not in stored


@pytest.mark.usefixtures("simulated")
def test_progress_is_on_the_row_while_the_crawl_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "_SECONDS", 0.01)
    seen: list[Crawl] = []

    def look(progress: Progress) -> None:
        if progress.phase == "tree":
            eventually(lambda: Crawl.objects.get().phase == "tree")
            seen.append(Crawl.objects.get())

    crawl_organization(look)
    assert seen[0].state == Crawl.State.RUNNING
    assert seen[0].calls_made > 0
    assert seen[0].heartbeat_at > seen[0].started_at


def test_the_lock_is_free_again_after_a_failure(
    simulated: Endpoint, aws: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws)
    with pytest.raises(AwsError):
        crawl_organization()
    monkeypatch.setenv("AWS_ENDPOINT_URL", simulated.url)
    assert crawl_organization().totals


@pytest.mark.usefixtures("simulated")
def test_a_failure_of_the_portal_itself_is_said_on_the_crawl_too() -> None:

    def break_it(progress: Progress) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        crawl_organization(break_it)
    assert "ZeroDivisionError" in Crawl.objects.get().error


@pytest.mark.usefixtures("simulated", "worker")
def test_the_worker_crawls_when_the_clock_strikes() -> None:
    Connection.objects.update_or_create(name="Environment")
    Connection.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    tasks.crawl_due_organizations.delay()
    eventually(ended)
    assert Crawl.objects.get().state == Crawl.State.COMPLETED
    assert Assessment.objects.exists()


@pytest.mark.usefixtures("simulated", "worker")
def test_a_crawl_whose_worker_fell_silent_is_lost_and_started_again() -> None:
    dead = start_crawl(environment_connection())
    Crawl.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=31))
    tasks.crawl_due_organizations.delay()
    eventually(lambda: ended(2))
    dead.refresh_from_db()
    assert dead.lost
    assert Crawl.objects.latest().state == Crawl.State.COMPLETED


@pytest.mark.usefixtures("simulated", "worker")
def test_the_button_asks_the_worker_for_a_crawl() -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("demo"))
    response = client.post(reverse("policies:crawl"), {"next": reverse("policies:overview")})
    assert response.headers["Location"] == reverse("policies:overview")
    eventually(ended)
    assert b"account-17" in client.get(reverse("policies:matrix")).content


@pytest.mark.usefixtures("worker")
def test_a_worker_outlives_a_crawl_that_fails(
    simulated: Endpoint, aws: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws)
    tasks.crawl_organization.delay()
    eventually(ended)
    assert Crawl.objects.get().state == Crawl.State.FAILED
    monkeypatch.setenv("AWS_ENDPOINT_URL", simulated.url)
    tasks.crawl_organization.delay()
    eventually(lambda: ended(2))
    assert Crawl.objects.latest().state == Crawl.State.COMPLETED
