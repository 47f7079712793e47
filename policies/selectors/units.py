"""All units of an organization with how their accounts stand: what maps and lists draw from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest
from typing import Final, NamedTuple

from django.db.models import F, Field, Sum
from django.db.models.functions import Lower

from policies.models import Assessment, UnitTotal, UnitVersion
from policies.selectors.headings import headings

# Every one of them is a verdict on an active member account.
_JUDGED: Final = F("enforced") + F("partial") + F("missing") + F("indeterminate")
# Numbers as PostgreSQL gives them: to have Django convert each of thousands takes longer than
# to count them.
AS_IT_IS: Final[Field[int, int]] = Field()
_BY_PATH: Final = Lower("display_path")


class UnitRow(NamedTuple):
    """`ids` are those from the root's down to its own.

    `by_path` is what lists by path are in the order of; two units may have the same.
    """

    ids: tuple[str, ...]
    by_path: str
    key: int
    id: str
    name: str
    parent_id: str
    path: str
    display_path: str


def path_ids(path: str) -> tuple[str, ...]:
    """Of a path as `UnitVersion` has it, from the root down."""
    return tuple(path.rstrip("/").split("/"))


# Pages ask for the same thousands until the next crawl, and what was as of an assessment stays.
@lru_cache(maxsize=4)
def unit_rows(assessment: Assessment) -> Mapping[int, UnitRow]:
    """All units by key, in the order of their paths.

    One query, and none where this process has asked before.
    """
    rows = UnitVersion.objects.at(assessment).order_by(_BY_PATH)
    found = rows.values_list(
        _BY_PATH, "pk", "aws_id", "name", "parent_aws_id", "path", "display_path"
    )
    return {row[1]: UnitRow(path_ids(row[5]), *row) for row in found}


# Not frozen: thousands are made for a page, and that takes three times as long.
@dataclass(slots=True)
class UnitStanding:
    """`accounts` active members at and below the unit, with `judged` verdicts, of which
    `enforced`.

    `parent_id` is "" for the root.
    """

    id: str
    name: str
    parent_id: str
    path: str
    display_path: str
    enforced: int
    judged: int
    accounts: int


@dataclass(frozen=True, slots=True)
class ExposedUnit:
    """A unit of which accounts right in it have `judged` verdicts, and are `lacking` so many."""

    id: str
    display_path: str
    lacking: int
    judged: int


def units_at(assessment: Assessment, guardrail: str = "") -> Mapping[str, UnitStanding]:
    """By id, with the verdicts of one guardrail or of all; one query beside that for the units."""
    totals = UnitTotal.objects.at(assessment)
    if guardrail:
        totals = totals.filter(guardrail=guardrail)
    each = 1 if guardrail else len(headings())
    counted = {
        unit: (enforced, judged, judged // each)
        for unit, enforced, judged in totals.values_list("unit_aws_id").annotate(
            having=Sum("enforced", output_field=AS_IT_IS),
            counted=Sum(_JUDGED, output_field=AS_IT_IS),
        )
    }
    return {
        unit.id: UnitStanding(
            unit.id,
            unit.name,
            unit.parent_id,
            unit.path,
            unit.display_path,
            *counted.get(unit.id, (0, 0, 0)),
        )
        for unit in unit_rows(assessment).values()
    }


def root_of(units: Mapping[str, UnitStanding]) -> UnitStanding:
    return next(unit for unit in units.values() if not unit.parent_id)


def children_of(units: Mapping[str, UnitStanding]) -> Mapping[str, Sequence[UnitStanding]]:
    """By the parent's id, so that whoever draws the first levels looks at no other; no query."""
    found: dict[str, list[UnitStanding]] = {}
    for one in units.values():
        found.setdefault(one.parent_id, []).append(one)
    return found


def most_exposed(units: Mapping[str, UnitStanding], most: int) -> Sequence[ExposedUnit]:
    """At most so many of the units whose own accounts lack something, and most of it first."""
    lacking = {one.id: one.judged - one.enforced for one in units.values()}
    for one in units.values():
        if one.parent_id:
            lacking[one.parent_id] -= one.judged - one.enforced
    first = nsmallest(
        most,
        (one for one in units.values() if lacking[one.id]),
        key=lambda one: (-lacking[one.id], one.display_path),
    )
    judged = {one.id: one.judged for one in first}
    for one in units.values():
        if one.parent_id in judged:
            judged[one.parent_id] -= one.judged
    return [ExposedUnit(one.id, one.display_path, lacking[one.id], judged[one.id]) for one in first]
