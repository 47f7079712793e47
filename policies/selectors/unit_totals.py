"""What a unit's totals were in a period: what trends are drawn and times exposed added up from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Subquery

from accounts.models import Organization
from policies.analysis.verdict import Status
from policies.models import UnitTotal, UnitVersion

_STATUSES: Final = tuple(status.value for status in Status)


@dataclass(frozen=True, slots=True)
class Held:
    """The numbers of accounts by status that held for a guardrail in [since, until).

    `until` is None for what holds still.
    """

    guardrail: str
    since: datetime
    until: datetime | None
    accounts: Mapping[str, int]

    @property
    def lacking(self) -> int:
        return lacking(self.accounts)

    def ended(self, moment: datetime) -> bool:
        return self.until is not None and self.until <= moment


def held_totals(
    organization: Organization, start: datetime, end: datetime, unit_id: str = ""
) -> Sequence[Held]:
    """Of a unit, or of the organization, what held at any time in [start, end]; oldest first.

    The totals are kept for ever. One query.
    """
    root = UnitVersion.objects.filter(organization=organization, until=None, parent_aws_id="")
    rows = (
        UnitTotal.objects.filter(
            organization=organization, unit_aws_id=unit_id or Subquery(root.values("aws_id"))
        )
        .filter(since__since__lte=end)
        .exclude(until__since__lte=start)
        .order_by("since")
        .values_list("guardrail", "since__since", "until__since", *_STATUSES)
    )
    return [
        Held(guardrail, since, until, dict(zip(_STATUSES, numbers, strict=True)))
        for guardrail, since, until, *numbers in rows
    ]


def lacking(accounts: Mapping[str, int]) -> int:
    return sum(accounts.get(status.value, 0) for status in Status if status.lacking)
