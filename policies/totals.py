"""How many accounts of a snapshot have each status of each guardrail."""

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
    (root,) = (unit.id for unit in snapshot.units if unit.parent_id is None)
    return unit_totals(snapshot, judged)[root]


def unit_totals(snapshot: OrganizationSnapshot, judged: Sequence[Judged]) -> Mapping[str, Totals]:
    """The same for each unit of the snapshot, by its id: of all accounts anywhere below it."""
    counted = snapshot.counted_account_ids
    parents = {account.id: account.parent_id for account in snapshot.accounts}
    guardrails = {verdict.guardrail: None for one in judged for verdict in one.verdicts}
    found: dict[str, dict[str, Counter[Status]]] = {
        unit.id: {guardrail: Counter() for guardrail in guardrails} for unit in snapshot.units
    }
    for one in judged:
        everybody = Counter(parents[id] for id in one.account_ids)
        members = Counter(parents[id] for id in one.account_ids if id in counted)
        for verdict in one.verdicts:
            exempt = verdict.status is Status.NOT_APPLICABLE
            for unit, accounts in (everybody if exempt else members).items():
                found[unit][verdict.guardrail][verdict.status] += accounts
    for below in reversed(list(snapshot.units_top_down())):
        if below.parent_id is not None:
            for guardrail, statuses in found[below.id].items():
                found[below.parent_id][guardrail].update(statuses)
    return {
        unit: {
            guardrail: {status.value: statuses[status] for status in Status}
            for guardrail, statuses in by_guardrail.items()
        }
        for unit, by_guardrail in found.items()
    }
