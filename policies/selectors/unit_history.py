"""How a unit's accounts fared: coverage day by day, and the time that they were exposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from policies.models import Assessment
from policies.selectors.exposure import exposure_totals
from policies.selectors.tree import Share
from policies.selectors.trends import Day, days, line


@dataclass(frozen=True, slots=True)
class GuardrailHistory:
    """One guardrail: what stands now, the `line` that led there, and time × accounts `exposed`."""

    share: Share
    line: Sequence[tuple[date, float]]
    exposed: timedelta


@dataclass(frozen=True, slots=True)
class UnitHistory:
    guardrails: Sequence[GuardrailHistory]
    trend: Sequence[Day]


def unit_history(
    assessment: Assessment,
    unit_id: str,
    shares: Sequence[Share],
    span: int,
    as_of: datetime | None = None,
) -> UnitHistory:
    """Of the last `span` days, up to the moment that the assessment is shown for; two queries."""
    end = as_of or timezone.now()
    trend = days(assessment.organization, assessment.since, span, unit_id)
    totals = exposure_totals(assessment.organization, end - timedelta(days=span), end, unit_id)
    return UnitHistory(
        [
            GuardrailHistory(
                one, line(trend, one.guardrail.id), totals.get(one.guardrail.id, timedelta())
            )
            for one in shares
        ],
        trend,
    )
