"""Health for whoever watches the portal: `live`, does it answer; `ready`, can it serve.

What pages cannot do without makes it `unavailable`. Where only news fail to come (beat is silent,
the last crawl is old), it is `degraded` and answers 200: the posture that it has is still worth
showing, and starting web processes anew would mend nothing.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max, Q
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from accounts.connections import interval_of
from accounts.models import Connection, Crawl
from guardrails_portal.celery import app
from guardrails_portal.tasks import last_heartbeat

OK = "ok"
BROKER_SECONDS = 2
# So many intervals may pass: one is missed at each restart.
PATIENCE: Final = 3


@require_safe
@never_cache
@login_not_required
def live(_request: HttpRequest) -> JsonResponse:
    """Answer 200 while the process answers at all."""
    return JsonResponse({"status": OK})


@require_safe
@never_cache
@login_not_required
def ready(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when database, migrations and broker are well, else 503 and which is not."""
    needed = {name: check() for name, check in NEEDED.items()}
    serves = all(answer == OK for answer in needed.values())
    # These ask the database and the cache, of which one may be what is missing.
    news = {name: check() if serves else "unknown" for name, check in NEWS.items()}
    well = all(answer == OK for answer in news.values())
    # The reason stays in the log: anybody may ask this page.
    status = (OK if well else "degraded") if serves else "unavailable"
    return JsonResponse(
        {"status": status, "checks": {**needed, **news}}, status=200 if serves else 503
    )


def _database() -> str:
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return "unreachable"
    return OK


def _migrations() -> str:
    try:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        unapplied = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return "unknown"
    return "unapplied" if unapplied else OK


def _broker() -> str:
    try:
        with app.connection_for_read(connect_timeout=BROKER_SECONDS) as connection:
            connection.ensure_connection(max_retries=1, timeout=BROKER_SECONDS)
    except (OSError, KombuError):
        return "unreachable"
    return OK


def _beat() -> str:
    try:
        return _in_time(last_heartbeat(), settings.HEARTBEAT_INTERVAL)
    except RedisError:
        return "unknown"


def _crawl() -> str:
    """Of all that are crawled on schedule, how the one is that fares worst."""
    completed = Q(crawls__state=Crawl.State.COMPLETED)
    scheduled = Connection.objects.filter(scheduled=True)
    scheduled = scheduled.annotate(last=Max("crawls__finished_at", filter=completed))
    found = {_in_time(one.last, interval_of(one)) for one in scheduled} or {"none yet"}
    return next(answer for answer in ("late", "none yet", OK) if answer in found)


def _in_time(last: datetime | None, interval: timedelta) -> str:
    if last is None:
        return "none yet"
    return OK if timezone.now() - last <= PATIENCE * interval else "late"


NEEDED: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "broker": _broker,
}
NEWS: dict[str, Callable[[], str]] = {"beat": _beat, "crawl": _crawl}
