"""Writing schedules and their recipients, with who did it; deleting reports when they are old."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.auditing import Actor, Kind, record
from policies.models import Delivery, Report, ReportRecipient, ReportSchedule
from policies.selectors.standing import newest_assessment
from policies.services import deliveries
from policies.services.report_claims import claim_now, claim_slot

_SAID = (
    *("name", "active", "when", "hour", "weekday", "day", "time_zone"),
    *("unit_id", "guardrails", "only_if_changed", "attachments"),
)


def save_schedule(
    actor: Actor,
    schedule: ReportSchedule,
    add: Sequence[ReportRecipient] = (),
    remove: Sequence[int] = (),
) -> ReportSchedule:
    """Create or change a schedule; `add` are recipients of none yet, `remove` keys of its own.

    What was due before a change is claimed first, so that no edit loses a report, and the
    claims of what the schedule was fail from now on.
    """
    now = timezone.now()
    with transaction.atomic():
        before = _locked(schedule)
        if before is None:
            _start(schedule, now)
        else:
            _go_on(schedule, before, now)
        was = _said(before) if before else None
        schedule.save()
        schedule.recipients.filter(pk__in=remove).delete()
        for one in add:
            schedule.recipients.get_or_create(
                kind=one.kind,
                address=one.address,
                defaults={"shown": one.shown, "secret": one.secret},
            )
        action = "changed" if before else "added"
        record(actor, Kind.REPORT, action, schedule.name, before=was, after=_said(schedule))
    return schedule


def delete_schedule(actor: Actor, schedule: ReportSchedule) -> None:
    """With what is due and not made yet; reports that were made stay."""
    with transaction.atomic():
        schedule.reports.filter(state=Report.State.DUE).delete()
        record(actor, Kind.REPORT, "deleted", schedule.name, before=_said(schedule))
        schedule.delete()


def send_now(actor: Actor, schedule: ReportSchedule) -> Report:
    """A report besides those that are due; the edge hands it to a worker."""
    with transaction.atomic():
        record(actor, Kind.REPORT, "sent", schedule.name)
        return claim_now(schedule)


def send_delivery_again(actor: Actor, delivery: Delivery, now: datetime) -> bool:
    """No if it is not failed any more."""
    with transaction.atomic():
        again = deliveries.send_again(delivery, now)
        if again:
            record(actor, Kind.REPORT, "sent", f"{delivery.report.title}, to {delivery.shown}")
    return again


def delete_reports_before(moment: datetime) -> int:
    """How many there were; what is still on its way stays."""
    old = Report.objects.filter(created_at__lt=moment).exclude(state=Report.State.DUE)
    _, by_model = old.delete()
    return by_model.get(Report._meta.label, 0)


def _locked(schedule: ReportSchedule) -> ReportSchedule | None:
    """As it is stored; None for a new one."""
    return ReportSchedule.objects.select_for_update().filter(pk=schedule.pk or 0).first()


def _start(schedule: ReportSchedule, now: datetime) -> None:
    schedule.due_at = _next(schedule, now)
    # Only what is lost from now on is news.
    schedule.searched = newest_assessment(schedule.organization_id)


def _go_on(schedule: ReportSchedule, before: ReportSchedule, now: datetime) -> None:
    if before.active:
        claim_slot(before, now)
        before.refresh_from_db()
    # The claim's own work is newer than the form that is being saved.
    schedule.due_at, schedule.reported = before.due_at, before.reported
    schedule.searched = before.searched
    schedule.edition = before.edition + 1
    if schedule.cadence != before.cadence or schedule.active != before.active:
        schedule.due_at = _next(schedule, now)
        schedule.searched = newest_assessment(schedule.organization_id)


def _next(schedule: ReportSchedule, now: datetime) -> datetime | None:
    cadence = schedule.cadence
    return cadence.next_after(now) if cadence and schedule.active else None


def _said(schedule: ReportSchedule) -> dict[str, Any]:
    said: dict[str, Any] = {name: getattr(schedule, name) for name in _SAID}
    recipients = schedule.recipients.all() if schedule.pk else ()
    return said | {"recipients": [one.shown for one in recipients]}
