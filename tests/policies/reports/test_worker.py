"""From the clock to the inbox, by a real worker and a real broker."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from celery.contrib.testing.worker import start_worker
from django.utils import timezone

from accounts.auditing import PORTAL
from guardrails_portal.celery import app
from guardrails_portal.processes import command
from guardrails_portal.settings import CELERY_BEAT_SCHEDULE
from policies import report_tasks
from policies.models import Delivery, Report, ReportSchedule
from policies.reports.making import make
from policies.services.report_schedules import send_now
from tests.policies.reports.conftest import MailServer, Receiver
from tests.policies.reports.writing import ROOT, crawled, database_url, scheduled

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker() -> Iterator[None]:
    app.control.purge()
    with start_worker(app, pool="threads", perform_ping_check=False, shutdown_timeout=60):
        yield


@pytest.fixture
def two_workers(mail: MailServer, receiver: Receiver) -> Iterator[None]:
    """Processes, as in a deployment."""
    app.control.purge()
    settings = {
        "DATABASE_URL": database_url(),
        "CELERY_BROKER_URL": app.conf.broker_url,
        "EMAIL_URL": f"smtp://127.0.0.1:{mail.port}",
        "DELIVERY_ALLOWED_NETWORKS": "127.0.0.0/8",
    }
    started = [
        subprocess.Popen(
            [*command("worker"), "--hostname", f"{name}@%h"],
            cwd=ROOT,
            env={**os.environ, **settings},
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        for name in ("first", "second")
    ]
    yield
    for process in started:
        process.terminate()
    for process in started:
        process.wait(timeout=60)


def eventually(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 180
    while not happened():
        states = list(Delivery.objects.values_list("shown", "state", "error"))
        assert time.monotonic() < deadline, states
        time.sleep(0.1)


def all_sent(number: int) -> bool:
    return Delivery.objects.filter(state=Delivery.State.SENT).count() == number


@pytest.mark.usefixtures("two_workers")
def test_what_is_due_reaches_everybody_once_though_two_beats_strike(
    mail: MailServer, receiver: Receiver
) -> None:
    crawled()
    scheduled("ciso@example.com", "audit@example.com", receiver.url)
    ReportSchedule.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    # As two beats do, and a broker that hands a task out twice.
    for _ in range(4):
        report_tasks.send_due_reports.delay()
    eventually(lambda: all_sent(3))
    for _ in range(2):
        report_tasks.send_due_reports.delay()
    time.sleep(1)
    assert Report.objects.count() == 1
    assert sorted(mail.recipients) == ["audit@example.com", "ciso@example.com"]
    assert len(receiver.requests) == 1


@pytest.mark.usefixtures("worker")
def test_what_a_crawl_lost_is_told_within_the_minute(mail: MailServer) -> None:
    crawled(["Workloads"])
    scheduled("ciso@example.com", when="on_regression", name="Something was lost")
    crawled([], days=1)
    report_tasks.send_due_reports.delay()
    eventually(lambda: all_sent(1))
    (message,) = mail.messages
    assert message["Subject"].startswith("Something was lost: 2 accounts lost protection")


def test_the_clock_looks_each_minute_and_cleans_up_each_day() -> None:
    tasks = {entry["task"]: entry["schedule"] for entry in CELERY_BEAT_SCHEDULE.values()}
    assert tasks["policies.report_tasks.send_due_reports"] == 60
    assert "policies.report_tasks.delete_old_reports" in tasks
    assert set(tasks) <= set(app.tasks)


def test_reports_are_deleted_when_they_are_old_and_those_on_their_way_are_not() -> None:
    crawled()
    schedule = scheduled("ciso@example.com")
    old, new, due = (send_now(PORTAL, schedule) for _ in range(3))
    make(old.pk)
    make(new.pk)
    long_ago = timezone.now() - timedelta(days=401)
    Report.objects.filter(pk__in=[old.pk, due.pk]).update(created_at=long_ago)
    report_tasks.delete_old_reports()
    assert set(Report.objects.values_list("pk", flat=True)) == {new.pk, due.pk}
    assert Delivery.objects.count() == 1
