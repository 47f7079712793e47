"""How many accounts have each guardrail."""

from dataclasses import dataclass

from policies.analysis.verdict import Status
from policies.models import Assessment, UnitTotal, UnitVersion
from policies.selectors.headings import STATUS_LABELS, Heading, headings


@dataclass(frozen=True, slots=True)
class StatusCount:
    status: Status
    label: str
    accounts: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """One guardrail over the `counted`, the active member accounts.

    `by_status` is worst first; its `not_applicable` is the management account, not counted.
    """

    guardrail: Heading
    enforced: int
    lacking: int
    counted: int
    by_status: tuple[StatusCount, ...]

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 means every account; 0 without accounts."""
        return 100 * self.enforced // self.counted if self.counted else 0


def coverage(assessment: Assessment) -> list[Coverage]:
    """Of every guardrail of the catalogue, in its order; no query."""
    return [_of_guardrail(one, assessment.totals.get(one.id, {})) for one in headings()]


def unit_coverage(assessment: Assessment, unit: UnitVersion) -> list[Coverage]:
    """The same of the accounts anywhere below a unit, as of the assessment; one query."""
    rows = UnitTotal.objects.at(assessment).filter(unit_aws_id=unit.aws_id)
    totals = {row.guardrail: {one.value: getattr(row, one.value) for one in Status} for row in rows}
    return [_of_guardrail(one, totals.get(one.id, {})) for one in headings()]


def _of_guardrail(guardrail: Heading, totals: dict[str, int]) -> Coverage:
    counts = tuple(
        StatusCount(status, label, totals.get(status.value, 0))
        for status, label in STATUS_LABELS.items()
    )
    return Coverage(
        guardrail=guardrail,
        enforced=totals.get(Status.ENFORCED.value, 0),
        lacking=sum(one.accounts for one in counts if one.status.lacking),
        counted=sum(one.accounts for one in counts if one.status is not Status.NOT_APPLICABLE),
        by_status=counts,
    )
