"""Coverage over time: of a guardrail, in the organization or below a unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from accounts.models import Organization
from policies.models import UnitTotal
from policies.selectors.exposure import root_id
from policies.selectors.headings import Heading, headings


@dataclass(frozen=True, slots=True)
class Point:
    """At a moment, of `counted` active member accounts so many had it enforced."""

    at: datetime
    enforced: int
    lacking: int

    @property
    def counted(self) -> int:
        return self.enforced + self.lacking


@dataclass(frozen=True, slots=True)
class Trend:
    """A point a day, the last at the period's end; days before the first crawl have none."""

    guardrail: Heading
    points: tuple[Point, ...]


def unit_trends(
    organization: Organization, end: datetime, days: int = 30, unit_id: str = ""
) -> list[Trend]:
    """Of each guardrail, in the catalogue's order; one query, two without a unit."""
    moments = [end - timedelta(days=day) for day in range(days, -1, -1)]
    steps = _steps(organization, unit_id or root_id(organization), moments[0], end)
    return [Trend(one, _sampled(steps.get(one.id, []), moments)) for one in headings()]


# From when until when: enforced and lacking.
_Step = tuple[datetime, datetime | None, int, int]


def _steps(
    organization: Organization, unit_id: str, start: datetime, end: datetime
) -> Mapping[str, list[_Step]]:
    rows = (
        UnitTotal.objects.filter(organization=organization, unit_aws_id=unit_id)
        .filter(since__since__lte=end)
        .exclude(until__since__lte=start)
        .order_by("since")
        .values_list(
            "guardrail",
            "since__since",
            "until__since",
            "enforced",
            F("partial") + F("missing") + F("indeterminate"),
        )
    )
    found: dict[str, list[_Step]] = {}
    for guardrail, since, until, enforced, lacking in rows:
        found.setdefault(guardrail, []).append((since, until, enforced, lacking))
    return found


def _sampled(steps: list[_Step], moments: list[datetime]) -> tuple[Point, ...]:
    points = []
    waiting = iter(steps)
    step = next(waiting, None)
    for moment in moments:
        while step and step[1] is not None and step[1] <= moment:
            step = next(waiting, None)
        if step and step[0] <= moment:
            points.append(Point(moment, step[2], step[3]))
    return tuple(points)
