"""What `assess` says of a snapshot, in the words of its JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from accounts.snapshot import OrganizationSnapshot
from accounts.snapshot_codec import digest
from policies.analysis.guardrail import Parameters
from policies.analysis.posture import Judged
from policies.analysis.verdict import Verdict
from policies.catalogue.parameters import parameters_to_json


def heading(snapshot: OrganizationSnapshot, parameters: Parameters) -> dict[str, Any]:
    """What was judged, and by what; `verdicts` come after it."""
    return {
        "snapshot": {
            "organization_id": snapshot.organization.id,
            "taken_at": snapshot.taken_at.isoformat().replace("+00:00", "Z"),
            "digest": digest(snapshot),
        },
        "parameters": parameters_to_json(parameters),
    }


def each_verdict(judged: Sequence[Judged]) -> Iterator[dict[str, Any]]:
    """One account and guardrail after the other, accounts by id; made as they are asked for."""
    for account_id, verdicts in by_account(judged):
        for verdict in verdicts:
            yield {"account_id": account_id, **verdict.to_json()}


def all_enforced(snapshot: OrganizationSnapshot, judged: Sequence[Judged]) -> bool:
    """Whether no active member account lacks anything that was judged."""
    counted = snapshot.counted_account_ids
    return not any(
        verdict.status.lacking and not counted.isdisjoint(one.account_ids)
        for one in judged
        for verdict in one.verdicts
    )


def by_account(judged: Sequence[Judged]) -> Iterator[tuple[str, tuple[Verdict, ...]]]:
    """Each account's verdicts in the order of the guardrails, accounts by id."""
    pairs = ((account_id, one) for one in judged for account_id in one.account_ids)
    for account_id, one in sorted(pairs, key=lambda pair: pair[0]):
        yield account_id, one.for_account(account_id)
