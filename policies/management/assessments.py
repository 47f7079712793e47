"""What `assess` says of a snapshot, before it is printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from accounts.snapshot import AccountState, OrganizationSnapshot
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


def counted_accounts(snapshot: OrganizationSnapshot) -> list[str]:
    """Active member accounts: those that coverage is a share of."""
    management = snapshot.organization.management_account_id
    return [
        one.id
        for one in snapshot.accounts
        if one.state is AccountState.ACTIVE and one.id != management
    ]


def all_enforced(snapshot: OrganizationSnapshot, verdicts: AccountVerdicts) -> bool:
    return not any(
        verdict.status.lacking for one in counted_accounts(snapshot) for verdict in verdicts[one]
    )
