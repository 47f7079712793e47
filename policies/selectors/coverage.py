"""How many accounts have each guardrail."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from policies.analysis.verdict import Status
from policies.models import Assessment, UnitTotal
from policies.selectors.headings import STATUS_LABELS, Heading, headings


@dataclass(frozen=True, slots=True)
class Coverage:
    """One guardrail over the `counted`, the active member accounts."""

    guardrail: Heading
    enforced: int
    counted: int
    # Numbers of accounts by status.
    totals: Mapping[str, int]

    @property
    def lacking(self) -> int:
        return self.counted - self.enforced

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 means every account; 0 without accounts."""
        return 100 * self.enforced // self.counted if self.counted else 0

    @property
    def step(self) -> int:
        """The same in five steps, of which the last is everything."""
        return self.percent // 25

    @property
    def by_status(self) -> list[tuple[Status, int]]:
        """Accounts, worst first; `not_applicable` is the management account, not counted."""
        return [(status, self.totals.get(status.value, 0)) for status in STATUS_LABELS]


def coverage(assessment: Assessment) -> tuple[Coverage, ...]:
    """Of every guardrail of the catalogue, in its order; no query."""
    return tuple(_of_guardrail(one, assessment.totals.get(one.id, {})) for one in headings())


def coverage_below(
    assessment: Assessment, unit_ids: Collection[str]
) -> Mapping[str, tuple[Coverage, ...]]:
    """The same of the accounts anywhere below each unit, as of the assessment; one query."""
    rows = UnitTotal.objects.at(assessment).filter(unit_aws_id__in=unit_ids)
    totals: dict[tuple[str, str], dict[str, int]] = {
        (row.pop("unit_aws_id"), row.pop("guardrail")): row
        for row in rows.values("unit_aws_id", "guardrail", *(status.value for status in Status))
    }
    return {
        unit: tuple(_of_guardrail(one, totals.get((unit, one.id), {})) for one in headings())
        for unit in unit_ids
    }


def _of_guardrail(guardrail: Heading, totals: Mapping[str, int]) -> Coverage:
    counted = sum(totals.values()) - totals.get(Status.NOT_APPLICABLE.value, 0)
    return Coverage(guardrail, totals.get(Status.ENFORCED.value, 0), counted, totals)
