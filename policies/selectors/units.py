"""All units of an organization with how their accounts stand: what maps and lists draw from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import F, Sum

from policies.models import Assessment, UnitTotal, UnitVersion
from policies.selectors.headings import headings

# Every one of them is a verdict on an active member account.
_JUDGED: Final = F("enforced") + F("partial") + F("missing") + F("indeterminate")


@dataclass(slots=True)
class UnitStanding:
    """`accounts` active members at and below the unit, with `judged` verdicts, of which
    `enforced`. `…_here` are those of the unit alone.

    `parent_id` is "" for the root.
    """

    id: str
    name: str
    parent_id: str
    path: str
    display_path: str
    accounts: int = 0
    enforced: int = 0
    judged: int = 0
    enforced_here: int = 0
    judged_here: int = 0

    @property
    def lacking_here(self) -> int:
        return self.judged_here - self.enforced_here


def units_at(assessment: Assessment, guardrail: str = "") -> Mapping[str, UnitStanding]:
    """By id, with the verdicts of one guardrail or of all; two queries, a row for each unit."""
    found = {
        row[0]: UnitStanding(*row)
        for row in UnitVersion.objects.at(assessment).values_list(
            "aws_id", "name", "parent_aws_id", "path", "display_path"
        )
    }
    counted = UnitTotal.objects.at(assessment)
    for unit_id, enforced, judged in (
        counted.filter(guardrail=guardrail).values_list("unit_aws_id", "enforced", _JUDGED)
        if guardrail
        else counted.values_list("unit_aws_id").annotate(Sum("enforced"), judged=Sum(_JUDGED))
    ):
        unit = found[unit_id]
        unit.enforced = unit.enforced_here = enforced
        unit.accounts = judged // (1 if guardrail else len(headings()))
        unit.judged = unit.judged_here = judged
    for unit in found.values():
        above = found.get(unit.parent_id)
        if above:
            above.enforced_here -= unit.enforced
            above.judged_here -= unit.judged
    return found


def root_of(units: Mapping[str, UnitStanding]) -> UnitStanding:
    return next(unit for unit in units.values() if not unit.parent_id)
