"""From a claimed report to one that is made, with a delivery for each recipient."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from policies.models import Assessment, Report, ReportSchedule
from policies.reports.building import build
from policies.reports.content import PostureReport, pack
from policies.selectors.regressions import changes_between
from policies.selectors.report_scope import Period, Scope, UnitGone, scope_of
from policies.selectors.standing import NothingKnown, assessment_at, newest_assessment
from policies.services.deliveries import create_deliveries
from policies.services.report_claims import ATTEMPTS, claim_making

logger = logging.getLogger(__name__)


class NoPosture(LookupError):
    """That nothing can be reported yet; its text is for a person."""


def make(report_id: int) -> Report | None:
    """Make a report that is due; None where another worker has it, or had.

    Content, deliveries and the schedule's new baseline are one transaction: a worker that dies
    before its end leaves a report that is still due.
    """
    report = claim_making(report_id, timezone.now())
    if report is None:
        return None
    try:
        _make(report)
    except (UnitGone, NoPosture) as problem:
        _fail(report, str(problem))
    except Exception as error:
        logger.exception("Report %s was not made.", report_id)
        if report.attempts >= ATTEMPTS:
            _fail(report, f"The portal failed while it made the report ({type(error).__name__}).")
        raise
    return report


def preview(schedule: ReportSchedule) -> PostureReport:
    """What the schedule would report now. Raises `UnitGone` or `NoPosture`."""
    assessment = newest(schedule.organization_id)
    period = Period(baseline(schedule, assessment), assessment)
    return _content(schedule, period)


def newest(organization: int) -> Assessment:
    """The posture that a report shows. Raises `NoPosture`."""
    assessment = newest_assessment(organization)
    if assessment is None:
        raise NoPosture("No posture is known yet: crawl the organization first.")
    return assessment


def baseline(schedule: ReportSchedule, assessment: Assessment) -> Assessment | None:
    """What the schedule's last report showed, or the posture of one period ago."""
    if schedule.reported is not None:
        return schedule.reported
    cadence = schedule.cadence
    if cadence is None:
        return schedule.searched
    now = timezone.now()
    a_moment = timedelta(microseconds=1)
    slot = cadence.latest_until(cadence.latest_until(now) - a_moment)
    return posture_of(assessment, slot)


def posture_of(assessment: Assessment, moment: datetime) -> Assessment | None:
    """The posture that held at the moment, or the oldest that is kept; None if that is this one."""
    try:
        return assessment_at(assessment.organization, moment)
    except NothingKnown:
        kept = assessment.organization.assessments.select_related("organization").filter(kept=True)
        return kept.filter(pk__lt=assessment.pk).order_by("pk").first()


def _make(report: Report) -> None:
    schedule = report.schedule
    if schedule is None:
        # Deleted since it was due: nobody wants it.
        report.delete()
        return
    assessment = newest(report.organization_id)
    period = Period(report.before or baseline(schedule, assessment), assessment)
    if schedule.only_if_changed and not _changed(period, scope_of(schedule)):
        _finish(report, schedule, period, None)
        return
    packed = pack(_content(schedule, period, report_address(report)))
    _finish(report, schedule, period, packed)


def _content(schedule: ReportSchedule, period: Period, address: str = "") -> PostureReport:
    return build(
        period,
        scope_of(schedule),
        title=schedule.name,
        time_zone=schedule.time_zone,
        address=address,
    )


def _changed(period: Period, scope: Scope) -> bool:
    if period.before is None:
        return True
    unit = scope.unit_at(period.assessment)
    return changes_between(period, unit, scope.guardrail_ids).exists()


def _finish(
    report: Report, schedule: ReportSchedule, period: Period, content: bytes | None
) -> None:
    """Without content, nothing had changed."""
    report.state = Report.State.UNCHANGED if content is None else Report.State.MADE
    mine = Report.objects.filter(pk=report.pk, state=Report.State.DUE, attempts=report.attempts)
    with transaction.atomic():
        if not mine.update(
            state=report.state,
            before=period.before,
            assessment=period.assessment,
            content=content,
            made_at=timezone.now(),
            claimed_until=None,
            error="",
        ):
            return
        if content is not None:
            create_deliveries(report, schedule.recipients.all())
        if not report.asked:
            ReportSchedule.objects.filter(pk=schedule.pk).update(reported=period.assessment)


def _fail(report: Report, sentence: str) -> None:
    Report.objects.filter(pk=report.pk, state=Report.State.DUE, attempts=report.attempts).update(
        state=Report.State.FAILED, error=sentence, claimed_until=None
    )
    report.state = Report.State.FAILED


def report_address(report: Report) -> str:
    """Where the portal shows it; empty where the portal does not know its own address."""
    if not settings.PORTAL_URL:
        return ""
    path = reverse("policies:report", args=[report.pk])
    return f"{settings.PORTAL_URL}/o/{report.organization.aws_id}{path}"
