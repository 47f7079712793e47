"""What the worker does with connections; crawls are in `policies.tasks`."""

from typing import Final

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from accounts import trials
from accounts.auditing import Actor, Kind, record
from accounts.models import Connection

# Seconds after which nobody waits for the answer any more.
TRIAL_EXPIRES: Final = 120


@shared_task(expires=TRIAL_EXPIRES)
def try_connection(connection: int) -> None:
    """Try whether it works; the answer stands on the connection."""
    found = Connection.objects.filter(pk=connection).first()
    if found is not None:
        trials.try_connection(found)


def ask_for_trial(actor: Actor, connection: Connection) -> None:
    """Have the worker try it; the answer will stand on the connection."""
    connection.trial_asked_at = timezone.now()
    with transaction.atomic():
        connection.save(update_fields=["trial_asked_at"])
        record(actor, Kind.CONNECTION, "tested", connection)
        transaction.on_commit(lambda: try_connection.delay(connection.pk))
