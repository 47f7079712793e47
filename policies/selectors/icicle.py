"""The organization as blocks: each unit as wide as its accounts, below the one it is in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from policies.selectors.units import UnitStanding

# Of the whole width: narrower than that nothing can be seen or hit.
_NARROWEST: Final = 0.004
# What a page can hold.
_MOST: Final = 300
_STEPS: Final = (0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Block:
    """`start` and `width` are parts of the whole, from 0 to 1; `depth` counts from 0.

    `covered` is the part of all verdicts on its active accounts that is `enforced`, `step`
    the same in five steps of which the last is everything.
    """

    id: str
    name: str
    depth: int
    start: float
    width: float
    accounts: int
    covered: float

    @property
    def step(self) -> int:
        return sum(self.covered >= one for one in _STEPS)

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 means everything."""
        return int(100 * self.covered)


def icicle(children: Mapping[str, Sequence[UnitStanding]], top: UnitStanding) -> list[Block]:
    """The unit and those below it that are wide enough to be seen, widest first; no query."""
    least = max(1, _NARROWEST * top.judged)
    seen = [top]
    # A unit is as wide as any in it, so that what is in a narrow one needs no look.
    for unit in seen:
        seen += [one for one in children.get(unit.id, ()) if one.judged >= least]
    if len(seen) > _MOST:
        # And comes before it: none hangs in the air.
        seen.sort(key=lambda one: (-one.judged, one.path.count("/")))
    drawn: dict[str, list[UnitStanding]] = {}
    for unit in seen[:_MOST]:
        drawn.setdefault(unit.parent_id, []).append(unit)
    return list(_placed(drawn, [top], 0, 0.0, top.judged)) if top.judged else []


def _placed(
    children: Mapping[str, list[UnitStanding]],
    units: list[UnitStanding],
    depth: int,
    start: float,
    whole: int,
) -> Iterator[Block]:
    for unit in sorted(units, key=lambda unit: (-unit.judged, unit.name)):
        width = unit.judged / whole
        covered = unit.enforced / unit.judged
        yield Block(unit.id, unit.name, depth, start, width, unit.accounts, covered)
        yield from _placed(children, children.get(unit.id, []), depth + 1, start, whole)
        start += width
