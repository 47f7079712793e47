"""What the first page says: each guardrail's coverage and trend, and where it is worst."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from policies.models import Assessment
from policies.selectors.coverage import Coverage, coverage
from policies.selectors.icicle import Block, icicle
from policies.selectors.trends import Day, days, week_before
from policies.selectors.units import UnitStanding, root_of, units_at

_EXPOSED: Final = 8


@dataclass(frozen=True, slots=True)
class Tile:
    """One guardrail: its coverage now, how it went, and how many accounts more lack it.

    `line` holds (day, coverage from 0 to 1); `change` is None where nothing is known to
    compare with.
    """

    coverage: Coverage
    line: Sequence[tuple[date, float]]
    change: int | None
    since: date | None


@dataclass(frozen=True, slots=True)
class Overview:
    """`exposed` are the units whose own accounts lack most, most first."""

    tiles: Sequence[Tile]
    trend: Sequence[Day]
    blocks: Sequence[Block]
    exposed: Sequence[UnitStanding]


def overview(assessment: Assessment, span: int) -> Overview:
    """Three queries; `span` is the trend's, in days up to the assessment."""
    shown = days(assessment.organization, assessment.since, span)
    before = week_before(shown)
    units = units_at(assessment)
    lacking = [unit for unit in units.values() if unit.lacking_here]
    return Overview(
        tiles=[_tile(one, shown, before) for one in coverage(assessment)],
        trend=shown,
        blocks=icicle(units, root_of(units)),
        exposed=sorted(lacking, key=lambda one: (-one.lacking_here, one.display_path))[:_EXPOSED],
    )


def _tile(now: Coverage, shown: Sequence[Day], before: Day | None) -> Tile:
    guardrail = now.guardrail.id
    return Tile(
        coverage=now,
        line=[(one.day, one.share(guardrail)) for one in shown],
        change=now.lacking - before.lacking(guardrail) if before else None,
        since=before.day if before else None,
    )
