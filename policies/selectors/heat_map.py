"""Every account of the organization as one small square, those of a unit together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count

from policies.analysis.verdict import Status
from policies.models import Assessment, UnitVersion, Verdict
from policies.selectors.headings import STATUS_LABELS, headings
from policies.selectors.matrix import MatrixFilter, accounts_at

# Up to here each square is a link of its own; above, squares of one unit that are alike are.
SINGLE: Final = 1_200
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
    accounts = accounts_at(assessment, chosen)
    counts = list(accounts.values_list("unit", "posture", "lacking").annotate(accounts=Count("pk")))
    total = sum(count for *_, count in counts)
    lacking = {posture: number for _, posture, number, _ in counts}
    worths = _worths(assessment, lacking, chosen.guardrail)
    units = list(
        UnitVersion.objects.at(assessment)
        .order_by("display_path")
        .values_list("pk", "path", "aws_id", "display_path")
    )
    paths = {unit: path for unit, path, *_ in units}
    drawn_with = _shortened({paths[unit] for unit, *_ in counts})
    runs: dict[str, list[Run]] = {}
    if total <= SINGLE:
        rows = accounts.order_by("name", "aws_id").values_list("unit", "posture", "aws_id", "name")
        for unit, posture, aws_id, name in rows:
            path = drawn_with(paths[unit])
            runs.setdefault(path, []).append(Run(worths[posture], 1, aws_id, name))
    else:
        merged: dict[tuple[str, str], int] = {}
        for unit, posture, _, count in counts:
            key = drawn_with(paths[unit]), worths[posture]
            merged[key] = merged.get(key, 0) + count
        for (path, worth), count in merged.items():
            runs.setdefault(path, []).append(Run(worth, count))
    blocks = [
        HeatBlock(
            unit_id=aws_id,
            name=display_path,
            accounts=sum(run.accounts for run in runs[path]),
            runs=tuple(sorted(runs[path], key=lambda run: _ORDER.index(run.worth))),
        )
        for _, path, aws_id, display_path in units
        if path in runs
    ]
    return HeatMap(blocks, total, total <= SINGLE)


def _worths(
    assessment: Assessment, lacking: Mapping[int, int], guardrail: str
) -> Mapping[int, str]:
    """What colours the accounts of each posture; `lacking` says how many guardrails it lacks."""
    verdicts = Verdict.objects.filter(posture__organization=assessment.organization_id)
    if guardrail:
        return dict(verdicts.filter(guardrail=guardrail).values_list("posture", "status"))
    # SCPs do not bear on the management account, whatever the guardrail.
    exempt = verdicts.filter(guardrail=headings()[0].id, status=Status.NOT_APPLICABLE)
    return {posture: str(number) for posture, number in lacking.items()} | dict(
        exempt.values_list("posture", "status")
    )


def _shortened(paths: Iterable[str]) -> Callable[[str], str]:
    """Cuts paths of units to a depth at which they are few enough."""
    split = [path.rstrip("/").split("/") for path in paths]
    depth = max((len(one) for one in split), default=1)
    while depth > 1 and len({tuple(one[:depth]) for one in split}) > _BLOCKS:
        depth -= 1
    return lambda path: "/".join(path.rstrip("/").split("/")[:depth]) + "/"
