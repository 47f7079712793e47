"""What a report is about: which part of an organization, from when until when."""

from dataclasses import dataclass

from policies.models import Assessment, ReportSchedule, UnitVersion
from policies.selectors.headings import Heading, headings


class UnitGone(LookupError):
    """That the OU of a report is not in the organization; its text is for a person."""


@dataclass(frozen=True, slots=True)
class Period:
    """From one posture to another: `before` is None where there is nothing to compare with."""

    before: Assessment | None
    assessment: Assessment


@dataclass(frozen=True, slots=True)
class Scope:
    """`unit_id` is AWS's id of an OU, empty for the whole organization; no `guardrails`, all."""

    unit_id: str = ""
    guardrails: tuple[str, ...] = ()

    @property
    def headings(self) -> tuple[Heading, ...]:
        return tuple(one for one in headings() if not self.guardrails or one.id in self.guardrails)

    @property
    def guardrail_ids(self) -> tuple[str, ...]:
        return tuple(one.id for one in self.headings)

    def unit_at(self, assessment: Assessment) -> UnitVersion:
        """The OU, or the root. Raises `UnitGone`."""
        units = UnitVersion.objects.at(assessment)
        if not self.unit_id:
            return units.get(parent_aws_id="")
        unit = units.filter(aws_id=self.unit_id).first()
        if unit is None:
            raise UnitGone(
                f"The OU {self.unit_id} is not in the organization any more: choose another."
            )
        return unit


def scope_of(schedule: ReportSchedule) -> Scope:
    return Scope(schedule.unit_id, tuple(schedule.guardrails))
