"""Each report once: two schedulers, missed hours, edits, things lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from accounts.auditing import PORTAL
from policies.models import Report, ReportSchedule
from policies.reports.making import make
from policies.services.report_claims import LEASE, claim_due, claim_making, claim_regressions
from policies.services.report_schedules import delete_schedule, save_schedule, send_now
from tests.policies.reports.writing import crawled, made, scheduled

When = ReportSchedule.When
TUESDAY = datetime(2026, 11, 24, 9, tzinfo=UTC)
MONDAY = datetime(2026, 11, 30, 8, tzinfo=UTC)


def at_once(act: Callable[[], object], threads: int = 2) -> list[object]:
    """What each thread's call gave, all started at the same moment."""
    barrier = threading.Barrier(threads)
    found: list[object] = []

    def run() -> None:
        try:
            barrier.wait()
            found.append(act())
        finally:
            connection.close()

    started = [threading.Thread(target=run) for _ in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    return found


@pytest.mark.django_db
def test_a_schedule_is_due_at_its_hour_and_then_the_week_after() -> None:
    with time_machine.travel(TUESDAY, tick=False):
        crawled()
        schedule = scheduled()
    assert schedule.due_at == MONDAY
    assert claim_due(MONDAY - timedelta(seconds=1)) == []
    (report,) = claim_due(MONDAY)
    assert report.period == "2026-11-30T08:00Z"
    assert claim_due(MONDAY) == []
    schedule.refresh_from_db()
    assert schedule.due_at == MONDAY + timedelta(weeks=1)


@pytest.mark.django_db
def test_what_was_missed_is_sent_late_and_once() -> None:
    with time_machine.travel(TUESDAY, tick=False):
        crawled()
        schedule = scheduled()
    late = MONDAY + timedelta(days=16)
    (report,) = claim_due(late)
    assert report.period == "2026-11-30T08:00Z"
    schedule.refresh_from_db()
    assert schedule.due_at == MONDAY + timedelta(weeks=3)
    assert claim_due(late) == []


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_claim_it_once() -> None:
    with time_machine.travel(TUESDAY, tick=False):
        crawled()
        for number in range(5):
            scheduled(name=f"Schedule {number}")
    found = at_once(lambda: claim_due(MONDAY), threads=4)
    assert sum(len(reports) for reports in found) == 5  # type: ignore[arg-type,misc]
    assert Report.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_it_once() -> None:
    with time_machine.travel(TUESDAY, tick=False):
        crawled()
        scheduled("ciso@example.com")
    (report,) = claim_due(MONDAY)
    made = at_once(lambda: make(report.pk), threads=4)
    assert len([one for one in made if one is not None]) == 1
    assert report.deliveries.count() == 1


@pytest.mark.django_db
def test_a_report_whose_worker_died_is_made_by_another_when_its_lease_is_over() -> None:
    crawled()
    schedule = scheduled("ciso@example.com")
    report = send_now(PORTAL, schedule)
    now = datetime.now(UTC)
    assert claim_making(report.pk, now) is not None
    assert make(report.pk) is None
    with time_machine.travel(now + LEASE + timedelta(seconds=1)):
        assert make(report.pk) is not None
    assert report.deliveries.count() == 1


@pytest.mark.django_db
def test_a_paused_schedule_is_never_due_and_a_resumed_one_not_for_the_time_of_its_pause() -> None:
    with time_machine.travel(TUESDAY, tick=False):
        crawled()
        schedule = scheduled(active=False)
        assert schedule.due_at is None
    with time_machine.travel(MONDAY + timedelta(days=1), tick=False):
        assert claim_due(datetime.now(UTC)) == []
        schedule.active = True
        save_schedule(PORTAL, schedule)
        assert schedule.due_at == MONDAY + timedelta(weeks=1)


@pytest.mark.django_db
def test_an_edit_of_what_is_due_claims_it_first() -> None:
    with time_machine.travel(TUESDAY, tick=False):
        crawled()
        schedule = scheduled()
    with time_machine.travel(MONDAY + timedelta(seconds=30), tick=False):
        schedule.hour = 17
        save_schedule(PORTAL, schedule)
    assert Report.objects.get().period == "2026-11-30T08:00Z"
    assert schedule.due_at == MONDAY + timedelta(hours=9)


@pytest.mark.django_db
def test_an_edit_of_other_things_leaves_the_hour_alone() -> None:
    with time_machine.travel(TUESDAY, tick=False):
        crawled()
        schedule = scheduled()
        schedule.name = "Renamed"
        save_schedule(PORTAL, schedule)
    assert schedule.due_at == MONDAY
    assert not Report.objects.exists()


@pytest.mark.django_db
def test_a_claim_of_what_the_schedule_was_before_an_edit_fails() -> None:
    from policies.services.report_claims import claim_slot

    with time_machine.travel(TUESDAY, tick=False):
        crawled()
        schedule = scheduled()
        seen = ReportSchedule.objects.get()
        schedule.only_if_changed = True
        save_schedule(PORTAL, schedule)
    assert claim_slot(seen, MONDAY) is None
    assert len(claim_due(MONDAY)) == 1


@pytest.mark.django_db
def test_a_deleted_schedule_takes_what_is_due_with_it_and_leaves_what_was_made() -> None:
    crawled()
    schedule = scheduled("ciso@example.com")
    made, due = send_now(PORTAL, schedule), send_now(PORTAL, schedule)
    make(made.pk)
    delete_schedule(PORTAL, schedule)
    assert Report.objects.get().pk == made.pk
    assert make(due.pk) is None


@pytest.mark.django_db
def test_the_first_report_of_a_young_history_compares_with_its_beginning() -> None:
    with time_machine.travel(TUESDAY + timedelta(days=2), tick=False):
        oldest = crawled(["Workloads"])
        assert made("ciso@example.com").before is None, "there is none but itself"
        crawled([], days=1)
        assert made("ciso@example.com", name="Second").before == oldest


@pytest.mark.django_db
def test_what_a_crawl_lost_is_one_report_and_what_was_lost_before_is_no_news() -> None:
    crawled([])
    scheduled(when=When.ON_REGRESSION)
    assert claim_regressions() == []
    crawled(["Workloads"], days=1)
    assert claim_regressions() == [], "won, not lost"
    crawled([], days=2)
    (report,) = claim_regressions()
    assert claim_regressions() == []
    make(report.pk)
    report.refresh_from_db()
    assert report.state == Report.State.MADE
    assert report.before is not None


@pytest.mark.django_db
def test_what_is_lost_elsewhere_is_no_news_for_a_schedule_of_an_ou_or_of_a_guardrail() -> None:
    snapshot_unit = "ou-ab12-00000004"  # Sandbox
    crawled(["Workloads"])
    scheduled(when=When.ON_REGRESSION, unit_id=snapshot_unit)
    scheduled(when=When.ON_REGRESSION, guardrails=["protect-cloudtrail"])
    scheduled(when=When.ON_REGRESSION, guardrails=["prevent-login-profiles"], name="Login")
    crawled([], days=1)
    (report,) = claim_regressions()
    assert report.title == "Login"


@pytest.mark.django_db
def test_an_account_that_comes_and_goes_with_each_crawl_makes_no_storm() -> None:
    crawled(["Workloads"])
    scheduled(when=When.ON_REGRESSION)
    crawled([], days=0.01)
    assert len(claim_regressions()) == 1
    crawled(["Workloads"], days=0.02)
    crawled([], days=0.03)
    assert claim_regressions() == [], "told 30 minutes ago"
    crawled(["Workloads"], days=0.5)
    crawled([], days=1)
    assert len(claim_regressions()) == 1


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_tell_of_a_loss_once() -> None:
    crawled(["Workloads"])
    scheduled(when=When.ON_REGRESSION)
    crawled([], days=1)
    found = at_once(claim_regressions, threads=4)
    assert sum(len(reports) for reports in found) == 1  # type: ignore[arg-type,misc]
