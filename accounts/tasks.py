"""What the worker does with connections; crawls are in `policies.tasks`.

Pages ask whether a connection works, and a worker answers: the web processes have no way to AWS.
"""

import logging
from typing import Final

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from accounts.auditing import Actor, Kind, record
from accounts.aws.errors import AwsError
from accounts.aws.permissions import try_permissions
from accounts.connections import credentials_of
from accounts.models import Connection

logger = logging.getLogger(__name__)

# Seconds after which nobody waits for the answer any more.
TRIAL_EXPIRES: Final = 120


def ask_for_trial(actor: Actor, connection: Connection) -> None:
    """Have the worker try it; the answer will stand on the connection."""
    connection.trial_asked_at = timezone.now()
    with transaction.atomic():
        connection.save(update_fields=["trial_asked_at"])
        record(actor, Kind.CONNECTION, "tested", connection)
        transaction.on_commit(lambda: try_connection.delay(connection.pk))


@shared_task(expires=TRIAL_EXPIRES)
def try_connection(key: int) -> None:
    """Whether its credentials lead to an organization and may read it all.

    The answer is kept unless the connection was changed meanwhile.
    """
    connection = Connection.objects.filter(pk=key).first()
    if connection is None:
        return
    passed, sentence = _answer(connection)
    found = Connection.objects.filter(
        pk=key,
        profile=connection.profile,
        role_arn=connection.role_arn,
        external_id=connection.external_id,
    )
    found.update(tried_at=timezone.now(), trial_passed=passed, trial_sentence=sentence)


def _answer(connection: Connection) -> tuple[bool, str]:
    try:
        trial = try_permissions(credentials_of(connection))
    except AwsError as error:
        return False, str(error)
    except Exception as error:
        logger.exception("%s can't be tested.", connection)
        problem = type(error).__name__
        return False, f"The portal failed while it tested ({problem}); the worker's log says where."
    others = Connection.objects.filter(organization__aws_id=trial.organization_id)
    other = others.exclude(pk=connection.pk).first()
    if other is None:
        return not trial.missing, trial.sentence
    return not trial.missing, (
        f"{trial.sentence} It is what “{other}” leads to as well: one of the two is enough."
    )
