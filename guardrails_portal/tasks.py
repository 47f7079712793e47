"""What beat asks for besides crawls: a sign of life, and tidying."""

from datetime import datetime
from typing import Final

from celery import shared_task
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

_HEARTBEAT: Final = "heartbeat"


@shared_task
def heartbeat() -> None:
    """Beat asks, the broker carries, a worker does: the time says that all three were well."""
    cache.set(_HEARTBEAT, timezone.now(), timeout=None)


@shared_task
def clear_expired_sessions() -> None:
    call_command("clearsessions")


def last_heartbeat() -> datetime | None:
    found: datetime | None = cache.get(_HEARTBEAT)
    return found
