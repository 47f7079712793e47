"""Schedules and reports as pages list them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Prefetch, Q, QuerySet

from accounts.models import Organization
from policies.models import Delivery, Report, ReportSchedule, UnitVersion

PAGE_SIZE: Final = 25
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_FAILED: Final = Q(deliveries__state=Delivery.State.FAILED)


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """`last` is the newest report, whatever became of it; `problems` what its sending met."""

    schedule: ReportSchedule
    when: str
    recipients: str
    last: Report | None
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """That the newest report of a schedule did not reach everybody."""

    schedule: ReportSchedule
    sentences: tuple[str, ...]


def schedule_lines(organization: Organization) -> list[ScheduleLine]:
    """Every schedule of the organization; four queries."""
    schedules = list(organization.report_schedules.prefetch_related("recipients"))
    last = _last_reports(schedules)
    return [
        ScheduleLine(
            schedule=one,
            when=when_sentence(one),
            recipients=_recipients(one),
            last=last.get(one.pk),
            problems=_problems(last.get(one.pk)),
        )
        for one in schedules
    ]


def report_problems(organization: Organization) -> list[Problem]:
    """What pages warn of, until a newer report of the schedule has reached everybody."""
    schedules = list(organization.report_schedules.filter(active=True))
    last = _last_reports(schedules) if schedules else {}
    found = [Problem(one, _problems(last.get(one.pk))) for one in schedules]
    return [one for one in found if one.sentences]


def reports_page(organization: Organization, page: str = "1") -> Page[Report]:
    """What was made or is being made, newest first; two queries."""
    return Paginator(listed(organization.reports.all()), PAGE_SIZE).get_page(page)


def listed(reports: QuerySet[Report]) -> QuerySet[Report]:
    """With `recipients` and `failed`, how many deliveries there are; without the content."""
    return (
        reports.exclude(state=Report.State.UNCHANGED)
        .defer("content")
        .select_related("organization", "schedule", "assessment", "before")
        .annotate(recipients=Count("deliveries"), failed=Count("deliveries", filter=_FAILED))
        .order_by("-created_at", "-pk")
    )


def when_sentence(schedule: ReportSchedule) -> str:
    """ "Mondays at 08:00, Europe/Berlin"."""
    When = ReportSchedule.When  # noqa: N806 - a class
    at = f"at {schedule.hour:02}:00, {schedule.time_zone}"
    match schedule.when:
        case When.DAILY:
            return f"Every day {at}"
        case When.WEEKLY:
            return f"{WEEKDAYS[schedule.weekday]}s {at}"
        case When.MONTHLY:
            last = " or the month's last" if schedule.day > 28 else ""
            return f"Day {schedule.day}{last} of each month {at}"
        case _:
            assert schedule.when == When.ON_REGRESSION  # noqa: S101 - the choices are these
            return "When a crawl finds something lost"


def scope_sentence(schedule: ReportSchedule) -> str:
    """The OU by its path, or the whole organization; one query."""
    if not schedule.unit_id:
        return "Whole organization"
    units = UnitVersion.objects.filter(organization=schedule.organization_id, until=None)
    unit = units.filter(aws_id=schedule.unit_id).first()
    return unit.display_path if unit else f"{schedule.unit_id}, which is gone"


def _last_reports(schedules: Iterable[ReportSchedule]) -> Mapping[int, Report]:
    newest = (
        Report.objects.filter(schedule__in=schedules)
        .order_by()
        .values("schedule")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    reports = (
        Report.objects.filter(pk__in=newest)
        .defer("content")
        .prefetch_related(Prefetch("deliveries", Delivery.objects.exclude(error="")))
    )
    return {report.schedule_id: report for report in reports if report.schedule_id}


def _problems(report: Report | None) -> tuple[str, ...]:
    if report is None:
        return ()
    if report.state == Report.State.FAILED:
        return (report.error,)
    return tuple(f"{one.shown}: {one.error}" for one in report.deliveries.all())


def _recipients(schedule: ReportSchedule) -> str:
    names = [one.shown for one in schedule.recipients.all()]
    told = ", ".join(names[:2])
    return f"{told} and {len(names) - 2} more" if names[2:] else told
