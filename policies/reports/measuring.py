"""Coverage in figures: now, at the period's start, and on the way."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from policies.analysis.verdict import Status
from policies.models import Assessment, UnitTotal, UnitVersion
from policies.reports.content import AccountLine, Counts, Judgement, Measure
from policies.selectors.headings import COUNTED, Heading
from policies.selectors.report_scope import Period
from policies.selectors.trends import trends

_DAYS: Final = 90


def measures(
    period: Period,
    unit: UnitVersion,
    columns: Sequence[Heading],
    accounts: Sequence[AccountLine],
    postures: Sequence[Sequence[Judgement]],
) -> tuple[Measure, ...]:
    """Of each guardrail, in their order."""
    now: Counter[tuple[str, Status]] = Counter()
    of_posture = Counter(account.posture for account in accounts if account.counted)
    for posture, number in of_posture.items():
        for judgement in postures[posture]:
            now[judgement.guardrail, judgement.status] += number
    earlier = _counts_at(period.before, unit) if period.before else {}
    known = trends(period.assessment.organization, period.assessment.since, _DAYS, unit.aws_id)
    trend = {one.guardrail.id: one.points for one in known}
    return tuple(
        Measure(
            guardrail=one,
            now=Counts(*(now[one.id, status] for status in COUNTED)),
            before=earlier.get(one.id),
            trend=trend.get(one.id, ()),
        )
        for one in columns
    )


def _counts_at(assessment: Assessment, unit: UnitVersion) -> dict[str, Counts]:
    """By guardrail; empty where the unit was not there."""
    totals = UnitTotal.objects.at(assessment).filter(unit_aws_id=unit.aws_id)
    return {
        one.guardrail: Counts(*(getattr(one, status.value) for status in COUNTED)) for one in totals
    }
