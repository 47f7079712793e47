"""How coverage went: from the totals that each assessment left behind, one a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models.functions import TruncDay

from accounts.models import Organization
from policies.analysis.verdict import Status
from policies.models import Assessment

SPANS: Final = (30, 90, 365)
_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Day:
    """The last assessment of a day; `totals` as `Assessment.totals`."""

    day: date
    totals: Mapping[str, Mapping[str, int]]

    def accounts(self, status: Status, guardrail: str = "") -> int:
        """With the status of the guardrail; without one, added up over all guardrails."""
        chosen = [self.totals.get(guardrail, {})] if guardrail else self.totals.values()
        return sum(statuses.get(status.value, 0) for statuses in chosen)

    def share(self, guardrail: str) -> float:
        """Coverage, from 0 to 1; 0 without accounts."""
        counted = sum(
            self.accounts(status, guardrail)
            for status in Status
            if status is not Status.NOT_APPLICABLE
        )
        return self.accounts(Status.ENFORCED, guardrail) / counted if counted else 0.0

    def lacking(self, guardrail: str) -> int:
        return sum(self.accounts(status, guardrail) for status in Status if status.lacking)


def days(organization: Organization, until: datetime, span: int) -> list[Day]:
    """Days of the last `span` on which there was an assessment, oldest first; one query."""
    rows = (
        Assessment.objects.filter(
            organization=organization, since__lte=until, since__gt=until - timedelta(days=span)
        )
        .annotate(day=TruncDay("since"))
        .order_by("day", "-since", "-pk")
        .distinct("day")
        .values_list("day", "totals")
    )
    return [Day(day.date(), totals) for day, totals in rows]


def week_before(shown: Sequence[Day]) -> Day | None:
    """The day to compare the last one with: a week before it or, failing that, the next."""
    if len(shown) < 2:
        return None
    wanted = shown[-1].day - _WEEK
    return next((one for one in reversed(shown) if one.day <= wanted), shown[0])
