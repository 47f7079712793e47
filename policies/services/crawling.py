"""From AWS to stored verdicts: one crawl, and never two of an organization at once."""

import logging
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Final

from django.db import connection as database
from django.db.models import Q
from django.utils import timezone

from accounts.aws.connection import connect
from accounts.aws.errors import AwsError
from accounts.connections import credentials_of, environment_connection, rate_share_of
from accounts.crawl import CrawlError, Progress, read_organization
from accounts.log_context import log_from_here_with
from accounts.models import Connection, Crawl, Organization
from accounts.services import fail_crawl, keep_unjudged, start_crawl, unjudged
from accounts.snapshot import Organization as SnapshotOrganization
from accounts.snapshot import OrganizationSnapshot
from policies.models import Assessment
from policies.selectors.parameters import parameters_of
from policies.selectors.snapshots import snapshot_at
from policies.selectors.standing import newest_assessment
from policies.services.heartbeat import Heartbeat
from policies.services.recording import reassess, record

logger = logging.getLogger(__name__)

# Any number, the same in every process of one deployment.
_LOCK: Final = 7_303_014
# A crawl says every few seconds that it goes on; after this silence its worker is dead.
_SILENCE: Final = timedelta(seconds=30)

_UNFORESEEN: Final = (
    "The portal failed while it crawled ({problem}); the worker's log says where, and what was "
    "known before is unchanged."
)
_LOST: Final = "The crawl was cut off before its end: its worker stopped. It is started again."


class CrawlRunning(Exception):
    """Somebody else crawls already; its text is the sentence for a person."""


def crawl_organization(
    on_progress: Callable[[Progress], None] = lambda _: None,
    connection: Connection | None = None,
) -> Assessment:
    """Read the organization of `connection` (or of the environment), judge it, store both.

    A crawl that had read everything when its worker died is completed first. Raises
    `CrawlRunning`, or what reading raises (`AwsError`, `CrawlError`), which the failed crawl
    then says on the pages too; what was stored before stays as it was.
    """
    connection = connection or environment_connection()
    with only_one(f"connection {connection.pk}"), ExitStack() as locks:
        _end_abandoned(connection)
        crawl = start_crawl(connection)
        log_from_here_with(crawl_id=str(crawl.pk))
        with _failing(crawl):
            reader = connect(credentials_of(connection), share=rate_share_of(connection))

            def begin(found: SnapshotOrganization) -> OrganizationSnapshot | None:
                # Another connection may lead to the same organization.
                locks.enter_context(only_one(found.id))
                _complete_abandoned(found.id)
                return _last_found(found.id)

            with Heartbeat(crawl, reader, _calls_last_time(connection)) as heartbeat:

                def tell(progress: Progress) -> None:
                    heartbeat.tell(progress)
                    on_progress(progress)

                snapshot = read_organization(reader, tell, begin)
                heartbeat.tell(Progress("verdicts", len(snapshot.accounts), reader.calls.total()))
                heartbeat.note()
                keep_unjudged(crawl, snapshot)
                return record(crawl, snapshot)


def reassess_organization(organization: Organization) -> Assessment | None:
    """Judge what the last crawl found by the rules of now: parameters, catalogue and engine.

    Gives None where they are those of the last assessment already, or where there is none.
    Raises `CrawlRunning`: a crawl judges by the rules of now anyway.
    """
    with only_one(organization.aws_id):
        _complete_abandoned(organization.aws_id)
        previous = newest_assessment(organization)
        if previous is None or not previous.kept:
            return None
        assessment = reassess(previous, parameters_of(organization))
        return None if assessment == previous else assessment


def end_lost_crawls() -> int:
    """Give up the crawls whose workers have fallen silent; how many."""
    return _lose(Q(heartbeat_at__lt=timezone.now() - _SILENCE))


@contextmanager
def only_one(of_what: str) -> Iterator[None]:
    """Hold the lock of an organization; the database lets go of it when this process dies."""
    key = [_LOCK, zlib.crc32(of_what.encode()) - 2**31]
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        if cursor.fetchone() != (True,):
            raise CrawlRunning("A crawl is running already; wait until it has ended.")
    try:
        yield
    finally:
        with database.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


@contextmanager
def _failing(crawl: Crawl) -> Iterator[None]:
    """Whatever goes wrong stands on the crawl, and is raised."""
    try:
        yield
    except (AwsError, CrawlError, CrawlRunning) as error:
        fail_crawl(crawl, str(error))
        raise
    except KeyboardInterrupt:
        fail_crawl(crawl, "The crawl was interrupted at the keyboard; start it again.")
        raise
    except Exception as error:
        fail_crawl(crawl, _UNFORESEEN.format(problem=type(error).__name__))
        raise


def _last_found(organization_id: str) -> OrganizationSnapshot | None:
    """What the last crawl found, so that this one knows what changed since."""
    newest = newest_assessment(Organization.objects.filter(aws_id=organization_id).first())
    return snapshot_at(newest) if newest and newest.kept else None


def _calls_last_time(connection: Connection) -> int:
    last = connection.crawls.filter(state=Crawl.State.COMPLETED).first()
    return last.calls_made if last else 0


def _end_abandoned(connection: Connection) -> None:
    """Give up what says that it runs: whoever holds the lock knows that nothing does."""
    _lose(Q(connection=connection) | Q(connection=None))


def _lose(which: Q) -> int:
    """Of the crawls that run by their own word; how many."""
    return Crawl.objects.filter(which, state=Crawl.State.RUNNING).update(
        state=Crawl.State.FAILED, lost=True, finished_at=timezone.now(), error=_LOST
    )


def _complete_abandoned(organization_id: str) -> None:
    """Judge what dead workers had read: by the organization's lock once, and by no live one."""
    for crawl in Crawl.objects.filter(unjudged_snapshot__isnull=False).order_by("pk"):
        snapshot = unjudged(crawl)
        if snapshot is None or snapshot.organization.id != organization_id:
            continue
        newest = newest_assessment(Organization.objects.filter(aws_id=organization_id).first())
        if newest and newest.taken_at > snapshot.taken_at:
            fail_crawl(crawl, _LOST)
            continue
        try:
            with _failing(crawl):
                record(crawl, snapshot)
        except Exception:
            # Its sentence stands on the crawl; the next one must not fail by it too.
            logger.exception("What %s had read can't be judged.", crawl)
