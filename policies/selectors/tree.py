"""The organization's units as a tree, with what stands at and below each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from policies.models import Assessment, UnitTotal
from policies.selectors.headings import Heading, headings
from policies.selectors.units import UnitStanding

# As many as a page can hold; where there are more, a unit's own page shows those below it.
_SHOWN: Final = 120


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a guardrail a unit's active member accounts have."""

    guardrail: Heading
    enforced: int
    counted: int

    @property
    def lacking(self) -> int:
        return self.counted - self.enforced

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 means every account; 0 without accounts."""
        return 100 * self.enforced // self.counted if self.counted else 0

    @property
    def step(self) -> int:
        """In five steps, of which the last is everything."""
        return self.percent // 25


@dataclass(slots=True)
class Node:
    """`below` counts the units directly in it, the `hidden`, which are not shown, among them."""

    id: str
    name: str
    scps: int
    shares: tuple[Share, ...]
    below: int
    children: list[Node] = field(default_factory=list)

    @property
    def hidden(self) -> int:
        return self.below - len(self.children)

    @property
    def accounts(self) -> int:
        """Active members at and below it."""
        return self.shares[0].counted


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
    shares = shares_of(assessment, [unit.id for unit in shown])
    nodes = {
        unit.id: Node(
            unit.id,
            unit.name,
            len(attached[unit.id]),
            shares[unit.id],
            len(children.get(unit.id, ())),
        )
        for unit in shown
    }
    top = shown[0]
    for unit in sorted(shown, key=lambda one: (one.name.lower(), one.id)):
        if unit is not top:
            nodes[unit.parent_id].children.append(nodes[unit.id])
    return nodes[top.id]


def shares_of(assessment: Assessment, unit_ids: Collection[str]) -> Mapping[str, tuple[Share, ...]]:
    """Of every guardrail in the catalogue's order, by unit; one query."""
    rows = (
        UnitTotal.objects.at(assessment)
        .filter(unit_aws_id__in=unit_ids)
        .values_list("unit_aws_id", "guardrail", "enforced", "partial", "missing", "indeterminate")
    )
    found = {(unit, guardrail): numbers for unit, guardrail, *numbers in rows}
    return {
        unit: tuple(_share(one, found.get((unit, one.id), [0])) for one in headings())
        for unit in unit_ids
    }


def _share(guardrail: Heading, numbers: list[int]) -> Share:
    return Share(guardrail, numbers[0], sum(numbers))
