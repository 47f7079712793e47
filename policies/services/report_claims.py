"""Who makes a report: claims that two schedulers, or two workers, never both get.

Each is an update of a row as it was seen, in one transaction with the row that it makes: whoever
dies on the way has claimed nothing, and the next look finds it again.
"""

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q

from policies.models import Assessment, Report, ReportSchedule
from policies.selectors.regressions import new_regressions
from policies.selectors.report_scope import Period, UnitGone, scope_of
from policies.selectors.standing import newest_assessment

# As long as a worker may take for one report before others take it for dead.
LEASE: Final = timedelta(minutes=15)
ATTEMPTS: Final = 3


def claim_due(now: datetime) -> list[Report]:
    """A report for each schedule whose hour has come; a missed one is due once, now."""
    due = ReportSchedule.objects.filter(active=True, due_at__lte=now)
    reports = [claim_slot(schedule, now) for schedule in due]
    return [report for report in reports if report is not None]


def claim_slot(schedule: ReportSchedule, now: datetime) -> Report | None:
    """The report of the slot that is due, and the next slot; None where another was faster."""
    cadence, slot = schedule.cadence, schedule.due_at
    if cadence is None or slot is None or slot > now:
        return None
    with transaction.atomic():
        claimed = ReportSchedule.objects.filter(
            pk=schedule.pk, due_at=slot, edition=schedule.edition
        ).update(due_at=cadence.next_after(now))
        if not claimed:
            return None
        return _report(schedule, f"{slot:%Y-%m-%dT%H:%MZ}")


def claim_regressions() -> list[Report]:
    """A report for each schedule on regression whose organization has lost something since its
    last look; all that one crawl found is in one report.
    """
    schedules = ReportSchedule.objects.filter(active=True, when=ReportSchedule.When.ON_REGRESSION)
    reports = [_claim_regression(one) for one in schedules.select_related("searched")]
    return [report for report in reports if report is not None]


def claim_now(schedule: ReportSchedule) -> Report:
    """The report that somebody asks for now, as often as they ask."""
    return _report(schedule, secrets.token_hex(16), asked=True)


def claim_making(report_id: int, now: datetime) -> Report | None:
    """A report that is due, for this worker alone until its lease is over."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    claimed = Report.objects.filter(free, pk=report_id, state=Report.State.DUE).update(
        claimed_until=now + LEASE, attempts=F("attempts") + 1
    )
    if not claimed:
        return None
    return Report.objects.select_related("schedule", "organization", "before").get(pk=report_id)


def unmade(now: datetime) -> list[int]:
    """Keys of reports that are due and that nobody makes."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    return list(Report.objects.filter(free, state=Report.State.DUE).values_list("pk", flat=True))


def _claim_regression(schedule: ReportSchedule) -> Report | None:
    newest = newest_assessment(schedule.organization_id)
    searched = schedule.searched
    if newest is None or newest == searched:
        return None
    with transaction.atomic():
        claimed = ReportSchedule.objects.filter(
            pk=schedule.pk, searched=searched, edition=schedule.edition
        ).update(searched=newest)
        if not claimed or searched is None:
            return None
        scope = scope_of(schedule)
        try:
            unit = scope.unit_at(newest)
        except UnitGone:
            # Making it will fail, and say so where people look.
            return _report(schedule, f"posture {newest.pk}", searched)
        if new_regressions(Period(searched, newest), unit, scope.guardrail_ids).exists():
            return _report(schedule, f"posture {newest.pk}", searched)
    return None


def _report(
    schedule: ReportSchedule, period: str, before: Assessment | None = None, *, asked: bool = False
) -> Report:
    return Report.objects.create(
        organization=schedule.organization,
        schedule=schedule,
        period=period,
        asked=asked,
        attachments=schedule.attachments,
        title=schedule.name,
        before=before,
    )
