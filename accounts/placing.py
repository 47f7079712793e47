"""Every account's place in the tree: from its path, or by walking down from the root."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from datetime import timedelta
from itertools import pairwise
from typing import Final, TypeVar

from accounts.reader import ListedAccount, Reader, Vanished
from accounts.reading import Reading
from accounts.snapshot import Unit

# AWS's clock and this machine's.
_CLOCKS_DIFFER: Final = timedelta(seconds=5)
_Found = TypeVar("_Found", Unit, ListedAccount)


def place_by_paths(
    reader: Reader,
    reading: Reading,
    listed: Iterable[ListedAccount],
    names: Mapping[str, str],
    threads: Executor,
) -> bool:
    """Place all accounts and units; False where the endpoint does not give all the paths.

    Units come from the accounts' paths and have their names from the SCPs' targets. A unit
    without an account anywhere below it is only a target: its place takes a call.
    """
    parents: dict[str, str] = {}
    for one in listed:
        if one.path is None:
            return False
        chain = _units_of(one.path)
        _remember(reading, parents, chain)
        _put(reading, one, chain[-1])
    empty = [id for id in names if id not in parents]
    # Whatever hangs above an empty unit has its place from that unit's path.
    for path in threads.map(lambda id: _path(reader, id, parents), empty):
        if path is None:
            return False
        _remember(reading, parents, _units_of(path))
    units = [Unit(id, names.get(id, id), parent) for id, parent in parents.items()]
    reading.units = {unit.id: unit for unit in (reading.root, *units)}
    return True


def place_by_walking(reader: Reader, reading: Reading, threads: Executor) -> None:
    """Place all accounts and units, read parent by parent, one depth of the tree at a time."""
    units = [reading.root]
    depth = [reading.root]
    while depth:
        below = threads.map(lambda unit: _in(unit, reader.units_in), depth)
        depth = [unit for found in below for unit in found]
        units += depth
    reading.units = {unit.id: unit for unit in units}
    reading.accounts = {}
    inside = threads.map(lambda unit: _in(unit, reader.accounts_in), units)
    for unit, found in zip(units, inside, strict=True):
        for one in found:
            _put(reading, one, unit.id)


def _path(reader: Reader, unit_id: str, parents: Mapping[str, str]) -> str | None:
    """A unit's path; "" where it is known by now, or gone."""
    try:
        return "" if unit_id in parents else reader.unit_path(unit_id)
    except Vanished:
        # It stays a target outside the tree, which is looked at again.
        return ""


def _in(parent: Unit, read: Callable[[str], Iterable[_Found]]) -> list[_Found]:
    """What is right in a unit; nothing in one that has gone."""
    try:
        return list(read(parent.id))
    except Vanished:
        return []


def _units_of(path: str) -> list[str]:
    """The ids of root and units in a path, root first."""
    return [part for part in path.split("/") if part.startswith(("r-", "ou-"))]


def _remember(reading: Reading, parents: dict[str, str], chain: Sequence[str]) -> None:
    for parent, unit in pairwise(chain):
        if parents.setdefault(unit, parent) != parent:
            reading.suspects[unit] = f"{unit} was moved while it was read"


def _put(reading: Reading, one: ListedAccount, parent_id: str) -> None:
    account = one.below(parent_id)
    id = account.id
    if one.joined_at and one.joined_at > reading.taken_at - _CLOCKS_DIFFER:
        reading.suspects[id] = f"{id} joined while the organization was read"
    if reading.accounts.setdefault(id, account) != account:
        reading.suspects[id] = f"{id} was moved while it was read"
