"""How organizations are reached, and which are due to be crawled."""

from datetime import datetime, timedelta
from itertools import chain, count
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.auditing import Actor, record
from accounts.aws.connection import Credentials
from accounts.models import AuditEntry, Connection, Crawl, Organization

# A crawl that kills its worker each time is not started again at once for ever.
_LOST_RUNNING: Final = 3
# Whoever makes a connection may ask for its first crawl; else the clock does.
_FIRST: Final = timedelta(minutes=1)
ENVIRONMENT: Final = "Environment"


def environment_connection() -> Connection:
    """The one that needs no words: the worker's own credentials, and CRAWL_ROLE_ARN if set."""
    return _found_or_made(Connection(name=ENVIRONMENT))


def connection_of(credentials: Credentials) -> Connection:
    """The connection with these credentials; a new one is crawled only when somebody asks."""
    if credentials == environment_credentials():
        return environment_connection()
    profile, role_arn = credentials.profile or "", credentials.role_arn or ""
    wanted = Connection(
        name=(role_arn or profile)[-90:],
        profile=profile,
        role_arn=role_arn,
        external_id=(credentials.external_id or "") if role_arn else "",
        scheduled=False,
    )
    return _found_or_made(wanted)


def connection_named(name: str) -> Connection:
    """Raises `Connection.DoesNotExist` with a sentence that tells which there are."""
    environment_connection()
    found = Connection.objects.filter(name=name).first()
    if found is None:
        known = ", ".join(Connection.objects.values_list("name", flat=True))
        raise Connection.DoesNotExist(f"No connection is named {name}: there are {known}.")
    return found


def _found_or_made(wanted: Connection) -> Connection:
    new: dict[str, object] = {"name": lambda: _free(wanted.name), "scheduled": wanted.scheduled}
    found, _ = Connection.objects.get_or_create(
        profile=wanted.profile,
        role_arn=wanted.role_arn,
        external_id=wanted.external_id,
        defaults=new,
    )
    return found


def _free(name: str) -> str:
    """The name, or with a number where somebody gave it to another connection."""
    taken = set(Connection.objects.filter(name__startswith=name).values_list("name", flat=True))
    numbered = (f"{name} {number}" for number in count(2))
    return next(one for one in chain([name], numbered) if one not in taken)


def connections_to(organization: Organization | None) -> list[Connection]:
    """What to crawl by when somebody asks for a crawl of it, or of whatever there is.

    One connection to an organization is enough; the environment's where there is none at all.
    """
    leading = Connection.objects.filter(organization=organization).order_by("-scheduled", "name")
    if organization is not None and leading:
        return list(leading[:1])
    return list(Connection.objects.all()) or [environment_connection()]


def create_connection(actor: Actor, connection: Connection) -> Connection:
    """Check and store it, with an entry in the audit log; raises `ValidationError`."""
    connection.full_clean()
    with transaction.atomic():
        connection.save()
        record(actor, AuditEntry.Kind.CONNECTION, "created", connection, after=_shown(connection))
    return connection


def change_connection(actor: Actor, connection: Connection) -> Connection:
    """As `create_connection`, for one whose fields were changed; other credentials are untried."""
    connection.full_clean()
    with transaction.atomic():
        stored = Connection.objects.select_for_update().get(pk=connection.pk)
        before, after = _shown(stored), _shown(connection)
        if before == after:
            return connection
        if credentials_of(stored) != credentials_of(connection):
            connection.trial_asked_at = connection.tried_at = None
            connection.trial_passed, connection.trial_sentence = False, ""
        connection.save()
        kind = AuditEntry.Kind.CONNECTION
        record(actor, kind, "changed", connection, before=before, after=after)
    return connection


def delete_connection(actor: Actor, connection: Connection) -> None:
    """Crawl by it no more; what it found is kept."""
    with transaction.atomic():
        record(actor, AuditEntry.Kind.CONNECTION, "deleted", connection, before=_shown(connection))
        connection.delete()


def _shown(connection: Connection) -> dict[str, object]:
    fields = ("name", "profile", "role_arn", "interval_minutes", "rate_share", "scheduled")
    shown = {field: getattr(connection, field) for field in fields}
    # What tells that it was changed, and not what it is: whoever reads the log needs no more.
    digest = salted_hmac("accounts.external_id", connection.external_id, algorithm="sha256")
    return shown | {"external_id": digest.hexdigest()[:8] if connection.external_id else ""}


def credentials_of(connection: Connection) -> Credentials:
    if not (connection.profile or connection.role_arn):
        return environment_credentials()
    return Credentials(
        connection.profile or None, connection.role_arn or None, connection.external_id or None
    )


def rate_share_of(connection: Connection) -> float:
    """The part of AWS's request rates that a crawl by it may use."""
    return connection.rate_share or settings.CRAWL_RATE_SHARE


def environment_credentials() -> Credentials:
    """The ambient credentials, and from there the role of CRAWL_ROLE_ARN if it is set."""
    return Credentials(
        role_arn=settings.CRAWL_ROLE_ARN or None, external_id=settings.CRAWL_EXTERNAL_ID or None
    )


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


def interval_of(connection: Connection | None) -> timedelta:
    """From the start of one crawl by it to that of the next."""
    minutes = connection.interval_minutes if connection else None
    return timedelta(minutes=minutes) if minutes else settings.CRAWL_INTERVAL


def next_crawl(connection: Connection | None, last: Crawl) -> datetime:
    return last.started_at + interval_of(connection)


def planned_crawl(connection: Connection | None, last: Crawl | None) -> datetime | None:
    """About when the clock asks for the next crawl; None where none is planned, or one runs."""
    running = last is not None and last.state == Crawl.State.RUNNING
    if running or (connection and not connection.scheduled):
        return None
    now = timezone.now()
    return max(next_crawl(connection, last), now) if last else now


def crawls_of(organization: Organization) -> QuerySet[Crawl]:
    """Those that read it, and those that have not learned yet what they read but should be its."""
    its_own = Q(connection=None) | Q(connection__organization=organization)
    return Crawl.objects.filter(Q(organization=organization) | its_own & Q(organization=None))
