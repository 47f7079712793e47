"""Totals of each unit, a row where a number changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from accounts.snapshot import OrganizationSnapshot
from policies.analysis.posture import Judged
from policies.analysis.verdict import Status
from policies.models import Assessment, UnitTotal
from policies.totals import unit_totals

_STATUSES: Final = tuple(status.value for status in Status)
_BATCH: Final = 5_000


def store_unit_totals(
    assessment: Assessment, snapshot: OrganizationSnapshot, judged: Sequence[Judged]
) -> None:
    """Close the totals that are others now and open those; needs a transaction around it."""
    wanted = {
        (unit, guardrail): counts
        for unit, totals in unit_totals(snapshot, judged).items()
        for guardrail, counts in totals.items()
    }
    organization = assessment.organization_id
    same: set[tuple[str, str]] = set()
    ended: list[int] = []
    rows = UnitTotal.objects.filter(organization=organization, until=None)
    for key, unit, guardrail, *numbers in rows.values_list(
        "pk", "unit_aws_id", "guardrail", *_STATUSES
    ):
        if _numbers(wanted.get((unit, guardrail), {})) == tuple(numbers):
            same.add((unit, guardrail))
        else:
            ended.append(key)
    UnitTotal.objects.filter(pk__in=ended).update(until=assessment)
    UnitTotal.objects.bulk_create(
        [
            UnitTotal(
                organization_id=organization,
                since=assessment,
                unit_aws_id=unit,
                guardrail=guardrail,
                **counts,
            )
            for (unit, guardrail), counts in wanted.items()
            if (unit, guardrail) not in same
        ],
        batch_size=_BATCH,
    )


def _numbers(counts: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(counts[status] for status in _STATUSES) if counts else ()
