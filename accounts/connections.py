"""How organizations are reached, and which are due to be crawled."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.auditing import Actor, record
from accounts.aws.connection import Credentials
from accounts.models import AuditEntry, Connection, Crawl

# A crawl says every few seconds that it goes on; after this silence its worker is dead.
SILENCE: Final = timedelta(seconds=30)
# A crawl that kills its worker each time is not started again at once for ever.
_LOST_RUNNING: Final = 3
# Whoever makes a connection may ask for its first crawl; else the clock does.
_FIRST: Final = timedelta(minutes=1)
ENVIRONMENT: Final = "Environment"


def environment_connection() -> Connection:
    """The one that needs no words: the worker's own credentials, and CRAWL_ROLE_ARN if set."""
    connection, _ = Connection.objects.get_or_create(
        profile="", role_arn="", external_id="", defaults={"name": ENVIRONMENT}
    )
    return connection


def connection_of(credentials: Credentials) -> Connection:
    """The connection with these credentials; a new one is crawled only when somebody asks."""
    if credentials == environment_credentials():
        return environment_connection()
    profile, role_arn = credentials.profile or "", credentials.role_arn or ""
    connection, _ = Connection.objects.get_or_create(
        profile=profile,
        role_arn=role_arn,
        external_id=(credentials.external_id or "") if role_arn else "",
        defaults={"name": (role_arn or profile)[-100:], "scheduled": False},
    )
    return connection


def create_connection(actor: Actor, connection: Connection) -> Connection:
    """Check and store it, with an entry in the audit log; raises `ValidationError`."""
    connection.full_clean()
    with transaction.atomic():
        connection.save()
        record(actor, AuditEntry.Kind.CONNECTION, "created", connection, after=_shown(connection))
    return connection


def change_connection(actor: Actor, connection: Connection) -> Connection:
    """As `create_connection`, for one whose fields were changed."""
    connection.full_clean()
    with transaction.atomic():
        before = _shown(Connection.objects.select_for_update().get(pk=connection.pk))
        connection.save()
        record(
            actor,
            AuditEntry.Kind.CONNECTION,
            "changed",
            connection,
            before=before,
            after=_shown(connection),
        )
    return connection


def delete_connection(actor: Actor, connection: Connection) -> None:
    """Crawl by it no more; what it found is kept."""
    with transaction.atomic():
        record(actor, AuditEntry.Kind.CONNECTION, "deleted", connection, before=_shown(connection))
        connection.delete()


def _shown(connection: Connection) -> dict[str, object]:
    fields = ("name", "profile", "role_arn", "external_id", "interval_minutes", "scheduled")
    return {field: getattr(connection, field) for field in fields}


def credentials_of(connection: Connection) -> Credentials:
    if not (connection.profile or connection.role_arn):
        return environment_credentials()
    return Credentials(
        connection.profile or None, connection.role_arn or None, connection.external_id or None
    )


def environment_credentials() -> Credentials:
    """The ambient credentials, and from there the role of CRAWL_ROLE_ARN if it is set."""
    return Credentials(
        role_arn=settings.CRAWL_ROLE_ARN or None, external_id=settings.CRAWL_EXTERNAL_ID or None
    )


def silent_crawls(now: datetime | None = None) -> QuerySet[Crawl]:
    """Crawls that run by their own word, which their workers have not given for long."""
    since = (now or timezone.now()) - SILENCE
    return Crawl.objects.filter(state=Crawl.State.RUNNING, heartbeat_at__lt=since)


def due_connections(now: datetime | None = None) -> list[Connection]:
    """Those whose last crawl is an interval old, or was lost with its worker.

    Asked often, so that a beat that comes late or not at all delays and spoils nothing.
    """
    return [one for one in Connection.objects.filter(scheduled=True) if is_due(one, now)]


def is_due(connection: Connection, now: datetime | None = None) -> bool:
    now = now or timezone.now()
    crawls = list(connection.crawls.order_by("-started_at")[:_LOST_RUNNING])
    if not crawls:
        return connection.created_at + _FIRST <= now
    if crawls[0].state == Crawl.State.RUNNING:
        return False
    if crawls[0].lost and not (len(crawls) == _LOST_RUNNING and all(one.lost for one in crawls)):
        return True
    return next_crawl(connection, crawls[0]) <= now


def next_crawl(connection: Connection, last: Crawl) -> datetime:
    minutes = connection.interval_minutes
    interval = timedelta(minutes=minutes) if minutes else settings.CRAWL_INTERVAL
    return last.started_at + interval
