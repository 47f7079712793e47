"""Trying a connection: whether its credentials lead to an organization and may read it all.

Pages ask, and a worker answers: the web processes have no way to AWS.
"""

import logging

from django.db import transaction
from django.utils import timezone

from accounts.auditing import Actor, Kind, record
from accounts.aws.errors import AwsError
from accounts.aws.permissions import try_permissions
from accounts.connections import credentials_of
from accounts.models import Connection

logger = logging.getLogger(__name__)


def ask_for_trial(actor: Actor, connection: Connection) -> None:
    """Note that an answer is awaited; whoever calls hands the task to the worker."""
    connection.trial_asked_at = timezone.now()
    with transaction.atomic():
        connection.save(update_fields=["trial_asked_at"])
        record(actor, Kind.CONNECTION, "tested", connection)


def try_connection(connection: Connection) -> None:
    """Ask AWS, and keep the answer unless the connection was changed meanwhile."""
    passed, sentence = _answer(connection)
    found = Connection.objects.filter(
        pk=connection.pk,
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
