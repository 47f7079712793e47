"""What the first page says: each guardrail's coverage and trend, where it is worst, what is new."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from policies.events import Event
from policies.models import Assessment, Cause
from policies.selectors.changes import ChangeFilter, causes
from policies.selectors.coverage import Coverage, coverage
from policies.selectors.icicle import Block, icicle
from policies.selectors.sentences import events_sentence
from policies.selectors.trends import Day, days, line, week_before
from policies.selectors.units import ExposedUnit, children_of, most_exposed, root_of, units_at

_EXPOSED: Final = 10
_LATEST: Final = 5


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
class LatestChange:
    """What happened, and how many verdicts it made worse, better, or neither.

    `id` is that of its entry on the page of changes.
    """

    id: int
    at: datetime
    title: str
    worse: int
    better: int
    other: int


@dataclass(frozen=True, slots=True)
class Overview:
    """`undrawn` counts the units too small for a block.

    `exposed` are the units whose own accounts lack most, most first; `latest` newest first.
    """

    tiles: Sequence[Tile]
    trend: Sequence[Day]
    blocks: Sequence[Block]
    undrawn: int
    exposed: Sequence[ExposedUnit]
    latest: Sequence[LatestChange]

    @property
    def bare(self) -> bool:
        """Whether there are member accounts, and no guardrail is enforced in any of them."""
        found = [tile.coverage for tile in self.tiles]
        return any(one.counted for one in found) and not any(one.enforced for one in found)


def overview(assessment: Assessment, span: int) -> Overview:
    """Four queries; `span` is the trend's, in days up to the assessment."""
    units = units_at(assessment)
    root = root_of(units)
    shown = days(assessment.organization, assessment.since, span, root.id)
    before = week_before(shown)
    blocks = icicle(children_of(units), root)
    return Overview(
        tiles=[_tile(one, shown, before) for one in coverage(assessment)],
        trend=shown,
        blocks=blocks,
        undrawn=sum(unit.judged > 0 for unit in units.values()) - len(blocks),
        exposed=most_exposed(units, _EXPOSED),
        latest=_latest(assessment),
    )


def _latest(assessment: Assessment) -> Sequence[LatestChange]:
    """Up to the assessment. From what the causes hold: one may have changed 250,000 verdicts."""
    until = ChangeFilter(end=assessment.since + timedelta(microseconds=1))
    return [_change(one) for one in causes(assessment.organization, until)[:_LATEST]]


def _change(cause: Cause) -> LatestChange:
    return LatestChange(
        id=cause.pk,
        at=cause.assessment.since,
        title=events_sentence([Event.from_json(event) for event in cause.events]),
        worse=cause.regressions,
        better=cause.improvements,
        other=cause.changed - cause.regressions - cause.improvements,
    )


def _tile(now: Coverage, shown: Sequence[Day], before: Day | None) -> Tile:
    guardrail = now.guardrail.id
    return Tile(
        coverage=now,
        line=line(shown, guardrail),
        change=now.lacking - before.lacking(guardrail) if before else None,
        since=before.day if before else None,
    )
