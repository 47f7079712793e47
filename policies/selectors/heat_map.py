"""Every account of the organization as one small square, those of a unit together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.contrib.postgres.aggregates import ArrayAgg

from policies.analysis.verdict import Status
from policies.models import Assessment, Verdict
from policies.selectors.headings import STATUS_LABELS, headings
from policies.selectors.matrix_filter import Kept, MatrixFilter
from policies.selectors.units import unit_rows

_Ids = tuple[str, ...]

# Up to here each square is a link of its own; above, squares of one unit that are alike are.
SINGLE: Final = 800
# Where there are more units, those deeper down are drawn with the unit that they are in.
_BLOCKS: Final = 150

# From worst to best, by the worth that a square is coloured by.
_ORDER: Final = [
    *(status.value for status in STATUS_LABELS if status.lacking),
    *(str(lacks) for lacks in range(len(headings()), -1, -1)),
    Status.ENFORCED.value,
    Status.NOT_APPLICABLE.value,
]


@dataclass(frozen=True, slots=True)
class Run:
    """Accounts that stand alike: `worth` is a status, or how many guardrails they lack.

    `account_id` and `name` are those of the account, where it is a single one.
    """

    worth: str
    accounts: int
    account_id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class HeatBlock:
    """A unit and its accounts, worst first."""

    unit_id: str
    name: str
    accounts: int
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class HeatMap:
    blocks: Sequence[HeatBlock]
    accounts: int
    singly: bool


def heat_map(assessment: Assessment, chosen: MatrixFilter) -> HeatMap:
    """Four queries at most; in large organizations no more runs than can be seen."""
    units = unit_rows(assessment)
    kept = Kept(assessment, chosen)
    counts = kept.alike("unit", "posture")
    total = sum(count for _, _, count in counts)
    block_of = _shortened({unit: units[unit].ids for unit, _, _ in counts})
    worth = worths(assessment, chosen.guardrail)
    runs: dict[_Ids, list[Run]] = {}
    if total <= SINGLE:
        rows = kept.accounts.order_by("name", "aws_id")
        for unit, posture, aws_id, name in rows.values_list("unit", "posture", "aws_id", "name"):
            runs.setdefault(block_of[unit], []).append(Run(worth[posture], 1, aws_id, name))
    else:
        merged: dict[tuple[_Ids, str], int] = defaultdict(int)
        for unit, posture, count in counts:
            merged[block_of[unit], worth[posture]] += count
        for (ids, of), count in merged.items():
            runs.setdefault(ids, []).append(Run(of, count))
    blocks = [
        HeatBlock(
            unit_id=unit.id,
            name=unit.display_path,
            accounts=sum(run.accounts for run in runs[unit.ids]),
            runs=tuple(sorted(runs[unit.ids], key=lambda run: _ORDER.index(run.worth))),
        )
        for unit in units.values()
        if unit.ids in runs
    ]
    return HeatMap(sorted(blocks, key=lambda one: one.name), total, total <= SINGLE)


# As `unit_rows` is: a posture's verdicts stay, and so do the postures of an assessment.
@lru_cache(maxsize=16)
def worths(assessment: Assessment, guardrail: str) -> Mapping[int, str]:
    """By posture, what colours its accounts: a status, or without a guardrail how many they lack.

    Of all postures that the organization has had, which are some thousand. One query, and none
    where this process has asked before.
    """
    verdicts = Verdict.objects.filter(
        posture__organization=assessment.organization_id, guardrail=guardrail or headings()[0].id
    )
    by = ["status"] if guardrail else ["status", "posture__lacking"]
    found: dict[int, str] = {}
    for status, *lacks, postures in verdicts.values_list(*by).annotate(of=ArrayAgg("posture")):
        # SCPs do not bear on the management account, whatever the guardrail.
        worth = status if guardrail or status == Status.NOT_APPLICABLE else str(lacks[0])
        found |= dict.fromkeys(postures, worth)
    return found


def _shortened(ids_of: Mapping[int, _Ids]) -> Mapping[int, _Ids]:
    """Units' ids from the root's down, cut to a depth at which the units are few enough."""
    deepest = max(map(len, ids_of.values()), default=1)
    depth = 1
    while depth < deepest and len({ids[: depth + 1] for ids in ids_of.values()}) <= _BLOCKS:
        depth += 1
    return {unit: ids[:depth] for unit, ids in ids_of.items()}
