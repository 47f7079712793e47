"""What the worker does: crawls, on request and on the clock."""

import logging
from collections.abc import Sequence
from functools import partial
from typing import Final

from celery import Task, shared_task
from django.db import transaction
from django.db.models import Q

from accounts import auditing
from accounts.aws.errors import AwsError
from accounts.connections import due_connections, environment_connection, is_due
from accounts.crawl import CrawlError
from accounts.models import Connection, Crawl, Organization
from policies.report_tasks import send_due_reports
from policies.services import crawling, forgetting

logger = logging.getLogger(__name__)


# A message that waits longer is worth nothing: beat sends the next.
_EXPIRES: Final = 15


@shared_task
def crawl_organization(connection: int | None = None, *, only_if_due: bool = False) -> None:
    """Crawl now. A failure is on the pages and in the log; trying again is the clock's."""
    chosen = (
        environment_connection()
        if connection is None
        else Connection.objects.filter(pk=connection).first()
    )
    if chosen is None or (only_if_due and not is_due(chosen)):
        return
    try:
        assessment = crawling.crawl_organization(connection=chosen)
    except (AwsError, CrawlError, crawling.CrawlRunning) as problem:
        logger.warning("No crawl of %s: %s", chosen, problem)
    else:
        logger.info("Crawled %s.", assessment.organization)
        send_due_reports.delay()


def ask_for_crawls(actor: auditing.Actor, connections: Sequence[Connection]) -> bool:
    """Have the worker crawl by each, and say in the audit log who asked.

    False, and nothing asked for, where a crawl by one of them is running already.
    """
    by_these = Q(connection__in=connections) | Q(connection=None)
    if Crawl.objects.filter(by_these, state=Crawl.State.RUNNING).exists():
        return False
    with transaction.atomic():
        for one in connections:
            auditing.record(actor, auditing.Kind.CRAWL, "asked for", one)
            transaction.on_commit(partial(crawl_organization.delay, one.pk))
    return True


@shared_task
def crawl_due_organizations() -> None:
    """What beat calls every few seconds: gives up lost crawls, and starts what is due."""
    if lost := crawling.end_lost_crawls():
        logger.warning("Lost %s crawls with their workers; starting again.", lost)
    if not Connection.objects.exists():
        environment_connection()
    for connection in due_connections():
        crawl_organization.apply_async((connection.pk,), {"only_if_due": True}, expires=_EXPIRES)


@shared_task(bind=True, max_retries=None, default_retry_delay=30)
def reassess_organization(self: Task[[int], None], organization: int) -> None:
    """Judge again by the rules of now, after the crawl that may be running."""
    found = Organization.objects.filter(pk=organization).first()
    if found is None:
        return
    try:
        assessment = crawling.reassess_organization(found)
    except crawling.CrawlRunning as problem:
        raise self.retry(exc=problem) from None
    logger.info("%s %s.", "Judged again:" if assessment else "No other rules for", found)


@shared_task
def forget_history() -> None:
    """What beat calls once a day."""
    for organization in Organization.objects.all():
        forgotten = forgetting.forget(organization)
        logger.info("Forgot %s rows of the history of %s.", forgotten, organization)
