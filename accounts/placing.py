"""Every account's place in the tree: from its path, or by walking down from the root."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from itertools import pairwise

from accounts.reader import ListedAccount, Reader, Target, Vanished
from accounts.snapshot import Account, Unit


def by_paths(
    reader: Reader, root: Unit, listed: Sequence[ListedAccount], targets: Iterable[Target]
) -> tuple[list[Unit], list[Account]] | None:
    """Units and accounts, or None where the endpoint does not give all the paths.

    Units come from the accounts' paths and have their names from the SCPs' targets. A unit
    without an account anywhere below it is only a target: its place takes a call.
    """
    parents: dict[str, str] = {}
    accounts: list[Account] = []
    for one in listed:
        if one.path is None:
            return None
        chain = _units_of(one.path)
        _remember(parents, chain)
        accounts.append(_account(one, chain[-1]))
    names = {one.id: one.name for one in targets if one.type == "ORGANIZATIONAL_UNIT"}
    for unit_id in names:
        if unit_id not in parents:
            path = reader.unit_path(unit_id)
            if path is None:
                return None
            _remember(parents, _units_of(path))
    units = [Unit(id, names.get(id, id), parent) for id, parent in parents.items()]
    return [root, *units], accounts


def by_walking(reader: Reader, root: Unit, threads: Executor) -> tuple[list[Unit], list[Account]]:
    """Units and accounts, read parent by parent, one depth of the tree at a time."""
    units = [root]
    depth = [root]
    while depth:
        below = threads.map(lambda unit: reader.units_in(unit.id), depth)
        depth = [unit for found in below for unit in found]
        units += depth
    inside = threads.map(lambda unit: list(reader.accounts_in(unit.id)), units)
    accounts = [
        _account(one, unit.id) for unit, found in zip(units, inside, strict=True) for one in found
    ]
    if len({one.id for one in accounts}) < len(accounts):
        raise Vanished("an account was moved while the tree was walked")
    return units, accounts


def unseen(
    units: Sequence[Unit], accounts: Sequence[Account], targets: Mapping[str, Target]
) -> str | None:
    """What the two lists disagree on, or None: AWS keeps at least one SCP on every target.

    Whether closed and suspended accounts stay targets is not documented: they need not.
    Source: AWS Organizations User Guide, "Quotas", minimum of one attached SCP.
    """
    placed = {unit.id for unit in units} | {account.id for account in accounts}
    expected = {unit.id for unit in units} | {
        account.id for account in accounts if account.state == "ACTIVE"
    }
    untargeted = min(expected - targets.keys(), default=None)
    if untargeted:
        return f"{untargeted} is in the tree but no SCP is attached to it"
    unplaced = min(targets.keys() - placed, default=None)
    return f"an SCP is attached to {unplaced}, which is not in the tree" if unplaced else None


def _units_of(path: str) -> list[str]:
    """The ids of root and units in a path, root first."""
    return [part for part in path.split("/") if part.startswith(("r-", "ou-"))]


def _remember(parents: dict[str, str], chain: Sequence[str]) -> None:
    for parent, unit in pairwise(chain):
        if parents.setdefault(unit, parent) != parent:
            raise Vanished(f"{unit} was moved while it was read")


def _account(one: ListedAccount, parent_id: str) -> Account:
    return Account(one.id, one.name, one.email, one.state, parent_id)
