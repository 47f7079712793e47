"""What the worker does with reports: make, send and in the end delete them."""

import logging
from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from policies.reports.making import make
from policies.reports.sending import deliver
from policies.services.deliveries import unsent
from policies.services.report_claims import claim_due, claim_regressions, unmade
from policies.services.report_schedules import delete_reports_before

logger = logging.getLogger(__name__)


@shared_task
def send_due_reports() -> None:
    """What beat calls each minute, and each crawl at its end.

    Whatever is due is found by its row, so that a task that was lost is only late.
    """
    now = timezone.now()
    claim_due(now)
    claim_regressions()
    for report_id in unmade(now):
        make_report.delay(report_id)
    for delivery_id in unsent(now):
        deliver_report.delay(str(delivery_id))


@shared_task
def make_report(report_id: int) -> None:
    """Make it and send it; a second task for the same report finds nothing to do."""
    report = make(report_id)
    if report is not None:
        for delivery_id in report.deliveries.values_list("pk", flat=True):
            deliver_report.delay(str(delivery_id))


@shared_task
def deliver_report(delivery_id: str) -> None:
    deliver(UUID(delivery_id))


@shared_task
def delete_old_reports() -> None:
    """What beat calls each day."""
    deleted = delete_reports_before(timezone.now() - timedelta(days=settings.REPORT_DAYS))
    logger.info("Deleted %d reports older than %d days.", deleted, settings.REPORT_DAYS)
