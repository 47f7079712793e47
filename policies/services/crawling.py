"""From AWS to stored verdicts: one crawl, and never two at once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from django.conf import settings
from django.db import connection

from accounts.aws.connection import Connection, connect
from accounts.aws.errors import AwsError
from accounts.crawl import CrawlError, Progress, read_organization
from accounts.models import Crawl, Organization
from accounts.services import fail_crawl, keep_unjudged, start_crawl, unjudged
from policies.models import Assessment
from policies.selectors.parameters import parameters_of
from policies.services.recording import newest_assessment, reassess, record

logger = logging.getLogger(__name__)

# Any number, the same in every process of one deployment.
_LOCK: Final = 7_303_014

_UNFORESEEN: Final = (
    "The portal failed while it crawled ({problem}); the worker's log says where, and what was "
    "known before is unchanged."
)


class CrawlRunning(Exception):
    """Somebody else crawls already; its text is the sentence for a person."""


def crawl_organization(
    on_progress: Callable[[Progress], None] = lambda _: None,
    credentials: Connection | None = None,
) -> Assessment:
    """Read the organization of `credentials` (or as the settings say), judge it, store both.

    A crawl that had read everything when its worker died is completed first. Raises
    `CrawlRunning`, or what reading raises (`AwsError`, `CrawlError`), which the failed crawl
    then says on the pages too; what was stored before stays as it was.
    """
    with only_one():
        _end_abandoned()
        crawl = start_crawl()
        with _failing(crawl):
            reader = connect(
                credentials or configured_connection(), share=settings.CRAWL_RATE_SHARE
            )
            snapshot = read_organization(reader, on_progress)
            crawl.calls = dict(reader.calls)
            keep_unjudged(crawl, snapshot)
            return record(crawl, snapshot)


@contextmanager
def _failing(crawl: Crawl) -> Iterator[None]:
    """Whatever goes wrong stands on the crawl, and is raised."""
    try:
        yield
    except (AwsError, CrawlError) as error:
        fail_crawl(crawl, str(error))
        raise
    except KeyboardInterrupt:
        fail_crawl(crawl, "The crawl was interrupted at the keyboard; start it again.")
        raise
    except Exception as error:
        fail_crawl(crawl, _UNFORESEEN.format(problem=type(error).__name__))
        raise


def reassess_organization(organization: Organization) -> Assessment | None:
    """Judge what the last crawl found by the rules of now: parameters, catalogue and engine.

    Gives None where they are those of the last assessment already, or where there is none.
    Raises `CrawlRunning`: a crawl judges by the rules of now anyway.
    """
    with only_one():
        _end_abandoned()
        previous = newest_assessment(organization)
        if previous is None or not previous.kept:
            return None
        assessment = reassess(previous, parameters_of(organization))
        return None if assessment == previous else assessment


def configured_connection() -> Connection:
    """The ambient credentials, and from there the role of CRAWL_ROLE_ARN if it is set."""
    return Connection(
        role_arn=settings.CRAWL_ROLE_ARN or None, external_id=settings.CRAWL_EXTERNAL_ID or None
    )


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the lock of the one crawl; the database lets go of it when this process dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if cursor.fetchone() != (True,):
            raise CrawlRunning("A crawl is running already; wait until it has ended.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _end_abandoned() -> None:
    """End what says that it runs: whoever holds the lock knows that nothing does.

    A crawl that had read everything is judged, and by the lock only once.
    """
    for crawl in Crawl.objects.filter(state=Crawl.State.RUNNING).order_by("pk"):
        snapshot = unjudged(crawl)
        if snapshot is None:
            fail_crawl(crawl, "The crawl was cut off before its end: the worker stopped.")
            continue
        try:
            with _failing(crawl):
                record(crawl, snapshot)
        except Exception:
            # Its sentence stands on the crawl; the next one must not fail by it too.
            logger.exception("What %s had read can't be judged.", crawl)
