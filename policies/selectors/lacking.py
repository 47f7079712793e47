"""Why accounts lack a guardrail: those that lack it alike, together."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Sum

from accounts.snapshot import AccountState
from policies.analysis.reasons import what_is_open
from policies.analysis.verdict import Status
from policies.models import Assessment, UnitPosture, Verdict
from policies.selectors.headings import LACKING, Heading, headings
from policies.selectors.placeholders import ANY_ACCOUNT, for_account


@dataclass(frozen=True, slots=True)
class Alike:
    """Active member accounts that lack a guardrail for one reason; `key` names it in addresses.

    `reason` speaks of any account where it would name one.
    """

    key: str
    status: Status
    reason: str
    accounts: int


def lacking_alike(assessment: Assessment, guardrail: Heading) -> Sequence[Alike]:
    """Most accounts first; one query."""
    counted = (
        UnitPosture.objects.at(assessment)
        .filter(
            state=AccountState.ACTIVE,
            posture__verdicts__guardrail=guardrail.id,
            posture__verdicts__status__in=LACKING,
        )
        .values_list("posture__verdicts__status", "posture__verdicts__reason")
        .annotate(Sum("accounts"))
    )
    found: dict[str, Alike] = {}
    for status, reason, number in counted:
        key, shared = _key(guardrail, status, reason), what_is_open(reason)
        before = found[key].accounts if key in found else 0
        said = for_account(shared, ANY_ACCOUNT)
        found[key] = Alike(key, Status(status), said, before + number)
    return sorted(found.values(), key=lambda one: (-one.accounts, one.reason))


def postures_alike(assessment: Assessment, key: str) -> Sequence[int]:
    """Postures that lack a guardrail for the reason that the key names; one query."""
    for guardrail in headings():
        if key.startswith(f"{guardrail.number}-"):
            rows = Verdict.objects.filter(
                posture__organization=assessment.organization_id,
                guardrail=guardrail.id,
                status__in=LACKING,
            ).values_list("posture", "status", "reason")
            return [posture for posture, *why in rows if _key(guardrail, *why) == key]
    return []


# Of thousands of postures most lack it for one of a few reasons.
@lru_cache(maxsize=4_096)
def _key(guardrail: Heading, status: str, reason: str) -> str:
    said = f"{status} {what_is_open(reason)}"
    return f"{guardrail.number}-{hashlib.sha256(said.encode()).hexdigest()[:10]}"
