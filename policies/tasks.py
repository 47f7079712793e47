"""What the worker does: crawls, on request and on the clock."""

from __future__ import annotations

import logging

from celery import Task, shared_task

from accounts.aws.errors import AwsError
from accounts.crawl import CrawlError
from accounts.models import Organization
from policies.services import crawling, forgetting

logger = logging.getLogger(__name__)


@shared_task
def crawl_organization() -> None:
    """Crawl now. A failure is on the pages and in the log; trying again is the clock's."""
    try:
        assessment = crawling.crawl_organization()
    except (AwsError, CrawlError, crawling.CrawlRunning) as problem:
        logger.warning("No crawl: %s", problem)
    else:
        logger.info("Crawled %s.", assessment.organization, extra={"crawl_id": assessment.crawl_id})


@shared_task
def crawl_due_organizations() -> None:
    """What beat calls at each interval: the one organization of the ambient credentials."""
    crawl_organization.delay()


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
