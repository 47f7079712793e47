"""What keeps some accounts of many."""

from collections.abc import Collection

from django.db.models import Q, Value
from django.db.models.functions import Upper

from policies.analysis.verdict import Status
from policies.models import Verdict


def says(text: str) -> Q:
    """Accounts of which id, name or e-mail contain the text.

    The AWS console writes ids with dashes: `1111-2222-3333`.
    """
    capitals = Upper(Value(text))
    found = Q(name_in_capitals__contains=capitals) | Q(email_in_capitals__contains=capitals)
    digits = text.replace("-", "")
    # Nothing else is part of an id.
    of_id = digits.isascii() and digits.isdigit()
    return found | Q(aws_id__contains=digits) if of_id else found


def has_status(statuses: Collection[Status], guardrails: Collection[str] = ()) -> Q:
    """Rows with a posture of which a guardrail, one of any named, has such a status.

    Of an organization's rows: whose the postures are is not asked again.
    """
    verdicts = Verdict.objects.filter(status__in=statuses)
    if guardrails:
        verdicts = verdicts.filter(guardrail__in=guardrails)
    return Q(posture__in=verdicts.values("posture"))
