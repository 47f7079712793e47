"""How coverage went, in the organization or below a unit: its totals, once a day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from accounts.models import Organization
from policies.analysis.verdict import Status
from policies.selectors.headings import Heading, headings
from policies.selectors.unit_totals import Held, held_totals, lacking

SPANS: Final = (30, 90, 365)
_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)

# Numbers of accounts by guardrail id and status.
Totals = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Day:
    """How it stood at a day's end, or now. Days between which nothing changed share `totals`."""

    day: date
    totals: Totals

    def accounts(self, status: Status, guardrail: str = "") -> int:
        """With the status of the guardrail; without one, added up over all guardrails."""
        chosen = [self.totals.get(guardrail, {})] if guardrail else self.totals.values()
        return sum(statuses.get(status.value, 0) for statuses in chosen)

    def share(self, guardrail: str) -> float:
        """Coverage, from 0 to 1; 0 without accounts."""
        enforced = self.accounts(Status.ENFORCED, guardrail)
        counted = enforced + self.lacking(guardrail)
        return enforced / counted if counted else 0.0

    def lacking(self, guardrail: str) -> int:
        return lacking(self.totals.get(guardrail, {}))


@dataclass(frozen=True, slots=True)
class Point:
    """At a moment, of `counted` active member accounts so many had it enforced."""

    at: datetime
    enforced: int
    counted: int

    @property
    def lacking(self) -> int:
        return self.counted - self.enforced

    @property
    def percent(self) -> float:
        return 100 * self.enforced / self.counted if self.counted else 0.0


@dataclass(frozen=True, slots=True)
class Trend:
    """A point a day, the last at the period's end; days before the first crawl have none."""

    guardrail: Heading
    points: tuple[Point, ...]


def span_of(days: str) -> int:
    """The one of `SPANS` that an address names; nonsense is the shortest."""
    return next((one for one in SPANS if str(one) == days), SPANS[0])


def days(organization: Organization, end: datetime, span: int, unit_id: str = "") -> list[Day]:
    """The last `span` days and the one that `end` is on, but for those before the first crawl.

    In UTC, oldest first; one query.
    """
    return days_of(held_totals(organization, first_end(end, span), end, unit_id), end, span)


def days_of(held: Sequence[Held], end: datetime, span: int) -> list[Day]:
    """The same from what held since `first_end`, or longer."""
    ends = [first_end(end, span) + number * _DAY for number in range(span)]
    at = [(moment - _DAY).date() for moment in ends] + [end.date()]
    known = _at(held, [*ends, end])
    return [Day(day, totals) for day, totals in zip(at, known, strict=True) if totals]


def first_end(end: datetime, span: int) -> datetime:
    """When the first of `span` days ends that come before the one `end` is on."""
    return end.replace(hour=0, minute=0, second=0, microsecond=0) - (span - 1) * _DAY


def week_before(shown: Sequence[Day]) -> Day | None:
    """The day to compare the last one with: a week before it or, failing that, the next."""
    if len(shown) < 2:
        return None
    wanted = shown[-1].day - _WEEK
    return next((one for one in reversed(shown) if one.day <= wanted), shown[0])


def bends(shown: Sequence[Day]) -> list[Day]:
    """The days at which a line through all of them turns: what is flat needs its ends alone."""
    inner = zip(shown, shown[1:], shown[2:], strict=False)
    return [
        *shown[:1],
        *(one for before, one, after in inner if not before.totals is one.totals is after.totals),
        *shown[1:][-1:],
    ]


def line(shown: Sequence[Day], guardrail: str) -> list[tuple[date, float]]:
    """Coverage of the guardrail, from 0 to 1, on the days at which it may have changed."""
    return [(one.day, one.share(guardrail)) for one in bends(shown)]


def trends(
    organization: Organization, end: datetime, span: int = 30, unit_id: str = ""
) -> list[Trend]:
    """Of each guardrail, in the catalogue's order; one query."""
    moments = [end - number * _DAY for number in range(span, -1, -1)]
    held = held_totals(organization, moments[0], end, unit_id)
    known = list(zip(moments, _at(held, moments), strict=True))
    return [
        Trend(
            one,
            tuple(_point(at, totals[one.id]) for at, totals in known if one.id in totals),
        )
        for one in headings()
    ]


def _point(at: datetime, accounts: Mapping[str, int]) -> Point:
    enforced = accounts[Status.ENFORCED.value]
    return Point(at, enforced, enforced + lacking(accounts))


def _at(held: Sequence[Held], moments: Sequence[datetime]) -> Iterator[Totals]:
    """What held at each moment, in the order of time; empty before the first crawl."""
    coming = iter(held)
    row = next(coming, None)
    now: dict[str, Held] = {}
    before: dict[str, Held] = {}
    totals: Totals = {}
    for moment in moments:
        while row and row.since <= moment:
            now[row.guardrail] = row
            row = next(coming, None)
        for guardrail in [one.guardrail for one in now.values() if one.ended(moment)]:
            del now[guardrail]
        if now != before:
            before = dict(now)
            totals = {guardrail: one.accounts for guardrail, one in now.items()}
        yield totals
