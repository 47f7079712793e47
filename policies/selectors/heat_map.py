"""Every account of the organization as one small square, those of a unit together."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from policies.analysis.verdict import Status
from policies.models import Assessment, UnitPosture, Verdict
from policies.selectors.headings import STATUS_LABELS, headings
from policies.selectors.matrix_filter import Kept, MatrixFilter
from policies.selectors.units import unit_rows

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
    total = sum(count for *_, count in counts)
    block_of = _shortened({unit: units[unit].path for unit, *_ in counts})
    worth = _worths(assessment, chosen.guardrail)
    runs: dict[str, list[Run]] = {}
    if total <= SINGLE:
        rows = kept.accounts.order_by("name", "aws_id")
        for unit, posture, aws_id, name in rows.values_list("unit", "posture", "aws_id", "name"):
            runs.setdefault(block_of[unit], []).append(Run(worth[posture], 1, aws_id, name))
    else:
        merged: Counter[tuple[str, str]] = Counter()
        for unit, posture, count in counts:
            merged[block_of[unit], worth[posture]] += count
        for (path, of), count in merged.items():
            runs.setdefault(path, []).append(Run(of, count))
    blocks = [
        HeatBlock(
            unit_id=unit.id,
            name=unit.display_path,
            accounts=sum(run.accounts for run in runs[unit.path]),
            runs=tuple(sorted(runs[unit.path], key=lambda run: _ORDER.index(run.worth))),
        )
        for unit in units.values()
        if unit.path in runs
    ]
    return HeatMap(sorted(blocks, key=lambda one: one.name), total, total <= SINGLE)


def _worths(assessment: Assessment, guardrail: str) -> Mapping[int, str]:
    """By posture, what colours its accounts: a status, or without a guardrail how many they lack.

    One query; asked of all postures, of which there are some thousand, rather than of each account.
    """
    held = UnitPosture.objects.at(assessment).values("posture")
    any_guardrail = guardrail or headings()[0].id
    verdicts = Verdict.objects.filter(guardrail=any_guardrail, posture__in=held)
    if guardrail:
        return dict(verdicts.values_list("posture", "status"))
    return {
        # SCPs do not bear on the management account, whatever the guardrail.
        posture: status if status == Status.NOT_APPLICABLE else str(lacks)
        for posture, status, lacks in verdicts.values_list("posture", "status", "posture__lacking")
    }


def _shortened(paths: Mapping[int, str]) -> Mapping[int, str]:
    """Paths of units, by their keys, cut to a depth at which they are few enough."""
    split = {unit: tuple(path.rstrip("/").split("/")) for unit, path in paths.items()}
    shown = set(split.values())
    depth = max(map(len, shown), default=1)
    while depth > 1 and len(shown) > _BLOCKS:
        depth -= 1
        shown = {one[:depth] for one in shown}
    return {unit: "/".join(one[:depth]) + "/" for unit, one in split.items()}
