"""What the worker does: crawls, on request and on the clock."""

from __future__ import annotations

import logging

from celery import shared_task

from accounts.aws.errors import AwsError
from accounts.crawl import CrawlError
from policies.services import crawling

logger = logging.getLogger(__name__)


@shared_task
def crawl_organization() -> None:
    """Crawl now. A failure is on the pages and in the log; trying again is the clock's."""
    try:
        assessment = crawling.crawl_organization()
    except (AwsError, CrawlError, crawling.CrawlRunning) as problem:
        logger.warning("No crawl: %s", problem)
    else:
        logger.info("Crawled %s.", assessment.organization)


@shared_task
def crawl_due_organizations() -> None:
    """What beat calls at each interval: the one organization of the ambient credentials."""
    crawl_organization.delay()
