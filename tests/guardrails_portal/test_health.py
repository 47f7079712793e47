"""Health as a load balancer and an orchestrator ask for it: anonymously."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, override_settings
from django.utils import timezone

from accounts.connections import environment_connection
from accounts.models import Connection, Crawl
from accounts.services import start_crawl
from guardrails_portal.tasks import heartbeat
from policies.services.recording import record
from tests.factories import organization


def test_live_needs_nothing_but_the_process(client: Client) -> None:
    answer = client.get("/health/live")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_when_everything_is_well(client: Client) -> None:
    heartbeat()
    record(start_crawl(environment_connection()), organization())
    answer = client.get("/health/ready")

    assert answer.status_code == 200
    well = dict.fromkeys(("database", "migrations", "broker", "beat", "crawl"), "ok")
    assert answer.json() == {"status": "ok", "checks": well}


@pytest.mark.django_db
def test_without_news_it_still_serves_what_it_has(client: Client) -> None:
    cache.clear()
    answer = client.get("/health/ready")

    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    checks = answer.json()["checks"]
    assert (checks["beat"], checks["crawl"]) == ("none yet", "none yet")


@pytest.mark.django_db
def test_a_silent_beat_and_an_old_crawl_are_late(client: Client) -> None:
    heartbeat()
    record(start_crawl(environment_connection()), organization())
    with override_settings(
        HEARTBEAT_INTERVAL=timedelta(microseconds=1), CRAWL_INTERVAL=timedelta(microseconds=1)
    ):
        checks = client.get("/health/ready").json()["checks"]

    assert (checks["beat"], checks["crawl"]) == ("late", "late")


@pytest.mark.django_db
def test_not_ready_while_a_migration_is_missing(client: Client) -> None:
    ((app, latest),) = MigrationLoader(connection).graph.leaf_nodes("people")
    MigrationRecorder(connection).record_unapplied(app, latest)

    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"] == "unapplied"


def test_health_is_asked_and_not_told(client: Client) -> None:
    assert client.post("/health/live").status_code == 405


def test_health_is_not_redirected_to_https(client: Client, settings: object) -> None:
    settings.SECURE_SSL_REDIRECT = True  # type: ignore[attr-defined]

    assert client.get("/health/live").status_code == 200


@pytest.mark.django_db
def test_each_connection_is_late_by_its_own_interval(client: Client) -> None:
    way = environment_connection()
    record(start_crawl(way), organization())
    Crawl.objects.update(finished_at=timezone.now() - timedelta(hours=4))
    assert client.get("/health/ready").json()["checks"]["crawl"] == "late"
    Connection.objects.update(interval_minutes=24 * 60)
    assert client.get("/health/ready").json()["checks"]["crawl"] == "ok"
    Connection.objects.create(name="another", profile="another")
    assert client.get("/health/ready").json()["checks"]["crawl"] == "none yet"
