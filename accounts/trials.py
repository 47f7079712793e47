"""Trying a connection: whether its credentials lead to an organization and may read it all.

Pages ask (`accounts.tasks.ask_for_trial`), and a worker answers: the web processes have no way
to AWS.
"""

import logging

from django.utils import timezone

from accounts.aws.errors import AwsError
from accounts.aws.permissions import try_permissions
from accounts.connections import credentials_of
from accounts.models import Connection

logger = logging.getLogger(__name__)


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
