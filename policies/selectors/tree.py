"""The organization's units as a tree, with what stands at and below each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from policies.models import Assessment
from policies.selectors.coverage import Coverage, coverage_below
from policies.selectors.units import UnitStanding

# As many as a page can hold; where there are more, a unit's own page shows those below it.
_SHOWN: Final = 120


@dataclass(slots=True)
class Node:
    """`below` counts the units directly in it, the `hidden`, which are not shown, among them."""

    id: str
    name: str
    scps: int
    coverage: tuple[Coverage, ...]
    below: int
    children: list[Node] = field(default_factory=list)

    @property
    def hidden(self) -> int:
        return self.below - len(self.children)

    @property
    def accounts(self) -> int:
        """Active members at and below it."""
        return self.coverage[0].counted


def shown_below(
    children: Mapping[str, Sequence[UnitStanding]], top: UnitStanding
) -> Sequence[UnitStanding]:
    """Of the tree of a unit what a page can hold, the unit first; no query.

    As deep as `_SHOWN` allows; of too many directly in `top` those with most accounts.
    """
    level = children.get(top.id, ())
    shown = [top, *level]
    while level:
        level = [one for unit in level for one in children.get(unit.id, ())]
        if len(shown) + len(level) > _SHOWN:
            break
        shown += level
    if len(shown) > _SHOWN + 1:
        shown.sort(key=lambda one: (one is not top, -one.judged, one.path))
    return shown[: _SHOWN + 1]


def tree(
    assessment: Assessment,
    children: Mapping[str, Sequence[UnitStanding]],
    shown: Sequence[UnitStanding],
    attached: Mapping[str, Sequence[str]],
) -> Node:
    """What is `shown_below` a unit, with what is `attached` there; one query."""
    coverage = coverage_below(assessment, [unit.id for unit in shown])
    nodes = {
        unit.id: Node(
            unit.id,
            unit.name,
            len(attached[unit.id]),
            coverage[unit.id],
            len(children.get(unit.id, ())),
        )
        for unit in shown
    }
    top = shown[0]
    for unit in sorted(shown, key=lambda one: (one.name.lower(), one.id)):
        if unit is not top:
            nodes[unit.parent_id].children.append(nodes[unit.id])
    return nodes[top.id]
