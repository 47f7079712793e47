"""What must hold between the parts of a snapshot before anything is judged on it."""

from collections.abc import Iterable

from accounts.snapshot import OrganizationSnapshot
from accounts.snapshot_fields import SnapshotError


def check(snapshot: OrganizationSnapshot) -> None:
    """Raise `SnapshotError` for the first thing that does not fit.

    # INVARIANT: after this, every account has one path to the one root, and every
    # attachment joins a policy and a target of the snapshot.
    """
    units = _distinct("units", (unit.id for unit in snapshot.units))
    accounts = _distinct("accounts", (account.id for account in snapshot.accounts))
    _check_tree(snapshot, units)
    _check_attachments(snapshot, units | accounts)


def _check_tree(snapshot: OrganizationSnapshot, units: set[str]) -> None:
    roots = sum(1 for unit in snapshot.units if unit.parent_id is None)
    if roots != 1:
        raise SnapshotError(f"units: exactly one must be the root, without a parent; {roots} are")
    for name, things in (("units", snapshot.units), ("accounts", snapshot.accounts)):
        for one in things:
            if one.parent_id is not None and one.parent_id not in units:
                raise SnapshotError(
                    f'{name}: "{one.id}" has parent "{one.parent_id}", which is not in units'
                )
    if sum(1 for _ in snapshot.units_top_down()) != len(units):
        raise SnapshotError("units: some do not hang from the root: their parents form a circle")


def _check_attachments(snapshot: OrganizationSnapshot, targets: set[str]) -> None:
    policies = _distinct("policies", (policy.id for policy in snapshot.policies))
    unread = {policy.id for policy in snapshot.policies if policy.content is None}
    pairs = (f"{one.policy_id} on {one.target_id}" for one in snapshot.attachments)
    _distinct("attachments", pairs)
    for one in snapshot.attachments:
        if one.policy_id not in policies:
            raise SnapshotError(f'attachments: policy "{one.policy_id}" is not in policies')
        if one.policy_id in unread:
            raise SnapshotError(f'attachments: policy "{one.policy_id}" has no content in policies')
        if one.target_id not in targets:
            raise SnapshotError(
                f'attachments: target "{one.target_id}" is neither in units nor in accounts'
            )


def _distinct(name: str, ids: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    for id in ids:
        if id in seen:
            raise SnapshotError(f'{name}: "{id}" is listed twice')
        seen.add(id)
    return seen
