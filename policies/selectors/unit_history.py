"""How a unit's accounts fared: coverage day by day, and the time that they were exposed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from policies.models import Assessment
from policies.selectors.coverage import Coverage
from policies.selectors.exposure import exposure_of
from policies.selectors.trends import Day, days_of, first_end, line
from policies.selectors.unit_totals import held_totals


@dataclass(frozen=True, slots=True)
class GuardrailHistory:
    """One guardrail: what stands now, the `line` that led there, and time × accounts `exposed`."""

    coverage: Coverage
    line: Sequence[tuple[date, float]]
    exposed: timedelta


@dataclass(frozen=True, slots=True)
class UnitHistory:
    guardrails: Sequence[GuardrailHistory]
    trend: Sequence[Day]


def unit_history(
    assessment: Assessment,
    unit_id: str,
    coverage: Sequence[Coverage],
    span: int,
    as_of: datetime | None = None,
) -> UnitHistory:
    """Of the last `span` days, up to the moment that the assessment is shown for; one query."""
    end = as_of or timezone.now()
    start = end - timedelta(days=span)
    earliest = min(start, first_end(assessment.since, span))
    held = held_totals(assessment.organization, earliest, max(end, assessment.since), unit_id)
    trend = days_of(held, assessment.since, span)
    exposed = exposure_of(held, start, end)
    return UnitHistory(
        [
            GuardrailHistory(
                one, line(trend, one.guardrail.id), exposed.get(one.guardrail.id, timedelta())
            )
            for one in coverage
        ],
        trend,
    )
