"""How many accounts of a snapshot have each status of each guardrail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from accounts.snapshot import OrganizationSnapshot
from policies.analysis.posture import Judged
from policies.analysis.verdict import Status

# Numbers of accounts by guardrail id and status.
Totals = Mapping[str, Mapping[str, int]]


def totals(snapshot: OrganizationSnapshot, judged: Sequence[Judged]) -> Totals:
    """Active member accounts by guardrail and status; every status is named.

    `not_applicable` counts the management account, which is no member.
    """
    counted = snapshot.counted_account_ids
    found: dict[str, Counter[Status]] = {}
    for one in judged:
        accounts = sum(1 for account_id in one.account_ids if account_id in counted)
        for verdict in one.verdicts:
            exempt = verdict.status is Status.NOT_APPLICABLE
            statuses = found.setdefault(verdict.guardrail, Counter())
            statuses[verdict.status] += len(one.account_ids) if exempt else accounts
    return {
        guardrail: {status.value: statuses[status] for status in Status}
        for guardrail, statuses in found.items()
    }
