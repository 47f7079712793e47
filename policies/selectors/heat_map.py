"""Every account of the organization as one small square, those of a unit together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, QuerySet

from policies.analysis.verdict import Status
from policies.models import AccountVersion, Assessment, UnitVersion, Verdict
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
    accounts = accounts_at(assessment, chosen).order_by()
    counts = list(accounts.values_list("unit__path", "posture").annotate(accounts=Count("pk")))
    total = sum(count for _, _, count in counts)
    worths = _worths(accounts, chosen.guardrail)
    drawn_with = _shortened({path for path, _, _ in counts})
    runs: dict[str, list[Run]] = {}
    if total <= SINGLE:
        rows = accounts.order_by("name", "aws_id").values_list(
            "unit__path", "posture", "aws_id", "name"
        )
        for path, posture, aws_id, name in rows:
            runs.setdefault(drawn_with(path), []).append(Run(worths[posture], 1, aws_id, name))
    else:
        merged: dict[tuple[str, str], int] = {}
        for path, posture, count in counts:
            key = drawn_with(path), worths[posture]
            merged[key] = merged.get(key, 0) + count
        for (path, worth), count in merged.items():
            runs.setdefault(path, []).append(Run(worth, count))
    return HeatMap(_blocks(assessment, runs), total, total <= SINGLE)


def _worths(accounts: QuerySet[AccountVersion], guardrail: str) -> Mapping[int, str]:
    """What colours the accounts of each posture."""
    rows = Verdict.objects.filter(
        posture__in=accounts.values("posture"), guardrail=guardrail or headings()[0].id
    ).values_list("posture", "status", "posture__lacking")
    return {
        posture: status if guardrail or status == Status.NOT_APPLICABLE else str(lacking)
        for posture, status, lacking in rows
    }


def _shortened(paths: Iterable[str]) -> Callable[[str], str]:
    """Cuts paths of units to a depth at which they are few enough."""
    split = [path.rstrip("/").split("/") for path in paths]
    depth = max((len(one) for one in split), default=1)
    while depth > 1 and len({tuple(one[:depth]) for one in split}) > _BLOCKS:
        depth -= 1
    return lambda path: "/".join(path.rstrip("/").split("/")[:depth]) + "/"


def _blocks(assessment: Assessment, runs: Mapping[str, Sequence[Run]]) -> list[HeatBlock]:
    units = UnitVersion.objects.at(assessment).filter(path__in=runs)
    return [
        HeatBlock(
            unit_id=unit.aws_id,
            name=unit.display_path,
            accounts=sum(run.accounts for run in runs[unit.path]),
            runs=tuple(sorted(runs[unit.path], key=lambda run: _ORDER.index(run.worth))),
        )
        for unit in units.order_by("display_path")
    ]
