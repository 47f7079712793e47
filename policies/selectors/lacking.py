"""Why accounts lack a guardrail: those that lack it alike, together."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Count

from accounts.snapshot import AccountState
from policies.analysis.reasons import what_is_open
from policies.analysis.verdict import Status
from policies.models import AccountVersion, Assessment, Verdict
from policies.selectors.headings import Heading, headings


@dataclass(frozen=True, slots=True)
class Alike:
    """Active member accounts that lack a guardrail for one reason; `key` names it in addresses.

    `reason` holds "${Account}" where it would name the account.
    """

    key: str
    status: Status
    reason: str
    accounts: int


def lacking_alike(assessment: Assessment, guardrail: Heading) -> Sequence[Alike]:
    """Most accounts first; two queries."""
    accounts = dict(
        AccountVersion.objects.at(assessment)
        .filter(state=AccountState.ACTIVE)
        .values_list("posture")
        .annotate(Count("pk"))
    )
    counted: Counter[tuple[str, str]] = Counter()
    for posture, status, reason in _verdicts(assessment, guardrail):
        if posture in accounts:
            counted[status, reason] += accounts[posture]
    found: dict[str, Alike] = {}
    for (status, reason), number in counted.items():
        key, shared = _key(guardrail, status, reason), what_is_open(reason)
        before = found[key].accounts if key in found else 0
        found[key] = Alike(key, Status(status), shared, before + number)
    return sorted(found.values(), key=lambda one: (-one.accounts, one.reason))


def postures_alike(assessment: Assessment, key: str) -> Sequence[int]:
    """Postures that lack a guardrail for the reason that the key names; one query."""
    for guardrail in headings():
        if key.startswith(f"{guardrail.number}-"):
            rows = _verdicts(assessment, guardrail)
            return [posture for posture, *why in rows if _key(guardrail, *why) == key]
    return []


def _verdicts(assessment: Assessment, guardrail: Heading) -> Sequence[tuple[int, str, str]]:
    return list(
        Verdict.objects.filter(
            posture__organization=assessment.organization_id,
            guardrail=guardrail.id,
            status__in=[status for status in Status if status.lacking],
        ).values_list("posture", "status", "reason")
    )


# Of thousands of postures most lack it for one of a few reasons.
@lru_cache(maxsize=4_096)
def _key(guardrail: Heading, status: str, reason: str) -> str:
    said = f"{status} {what_is_open(reason)}"
    return f"{guardrail.number}-{hashlib.sha256(said.encode()).hexdigest()[:10]}"
