"""What keeps some accounts of many."""

from __future__ import annotations

import re
from collections.abc import Collection

from django.db.models import Q

from policies.analysis.verdict import Status
from policies.models import Assessment, Posture


def says(text: str) -> Q:
    """Accounts of which id, name or e-mail contain the text.

    The AWS console writes ids with dashes: `1111-2222-3333`.
    """
    found = Q(name__icontains=text) | Q(email__icontains=text)
    digits = text.replace("-", "") if re.fullmatch(r"[0-9-]+", text) else ""
    return found | Q(aws_id__contains=digits) if digits else found


def has_status(
    assessment: Assessment, statuses: Collection[Status], guardrails: Collection[str] = ()
) -> Q:
    """Rows with a posture of which a guardrail, one of any named, has such a status."""
    verdicts = Q(verdicts__status__in=statuses)
    if guardrails:
        verdicts &= Q(verdicts__guardrail__in=guardrails)
    postures = Posture.objects.filter(verdicts, organization=assessment.organization_id)
    return Q(posture__in=postures)
