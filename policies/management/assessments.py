"""What `assess` says of a snapshot, before it is printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from accounts.snapshot import OrganizationSnapshot
from accounts.snapshot_codec import digest
from policies.analysis.guardrail import Parameters
from policies.analysis.posture import Judged
from policies.analysis.verdict import Verdict
from policies.catalogue.parameters import parameters_to_json

# Each account's verdicts in the order of the guardrails, accounts by id.
AccountVerdicts = dict[str, tuple[Verdict, ...]]


def verdicts_of(judged: Sequence[Judged]) -> AccountVerdicts:
    found = {
        account_id: one.for_account(account_id) for one in judged for account_id in one.account_ids
    }
    return dict(sorted(found.items()))


def as_json(
    snapshot: OrganizationSnapshot, parameters: Parameters, verdicts: AccountVerdicts
) -> dict[str, Any]:
    """The answer of `assess --format json`."""
    return {
        "snapshot": {
            "organization_id": snapshot.organization.id,
            "taken_at": snapshot.taken_at.isoformat().replace("+00:00", "Z"),
            "digest": digest(snapshot),
        },
        "parameters": parameters_to_json(parameters),
        "verdicts": [
            {"account_id": account_id, **verdict.to_json()}
            for account_id, of_account in verdicts.items()
            for verdict in of_account
        ],
    }


def all_enforced(snapshot: OrganizationSnapshot, verdicts: AccountVerdicts) -> bool:
    return not any(
        verdict.status.lacking for one in snapshot.counted_account_ids for verdict in verdicts[one]
    )
