"""Which accounts a filter keeps and how many, without counting what was counted before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, Func, Q, QuerySet, Sum

from policies.analysis.verdict import Status
from policies.models import AccountVersion, Assessment, UnitPosture
from policies.selectors.account_filters import has_status, says
from policies.selectors.lacking import postures_alike
from policies.selectors.units import AS_IT_IS, unit_rows

# So many that have a text are put in order in less time than PostgreSQL takes to look for them
# in that order.
_FEW: Final = 2_000
_BY_PATH: Final = ("path", "-path")


@dataclass(frozen=True, slots=True)
class MatrixFilter:
    """Which accounts; each part narrows, an empty one does not.

    `statuses` are those of `guardrail`, or of any guardrail where none is chosen;
    `below` is the path of a root or OU, and keeps the accounts anywhere in it; `lacks` is how
    many guardrails an account lacks; `reason` is the key of a reason for which accounts lack one.
    """

    guardrail: str = ""
    statuses: Sequence[Status] = ()
    below: str = ""
    state: str = ""
    text: str = ""
    lacks: int | None = None
    reason: str = ""
    sort: str = "path"


class Kept:
    """The accounts that a filter keeps, as of an assessment.

    What narrows is what accounts that are alike have in common, so that they are counted by
    `UnitPosture`; but for a text, by which each account is looked at.
    """

    def __init__(self, assessment: Assessment, chosen: MatrixFilter) -> None:
        """One query where a reason is chosen, else none."""
        where = _alike(assessment, chosen)
        self._assessment = assessment
        self._sort = chosen.sort
        self._counted = UnitPosture.objects.at(assessment).filter(where)
        self._singly = bool(chosen.text)
        # In no order.
        self.accounts: QuerySet[AccountVersion] = AccountVersion.objects.at(assessment).filter(
            where
        )
        if chosen.text:
            self.accounts = self.accounts.filter(says(chosen.text))

    def count(self) -> int:
        """One query."""
        if self._sort in _BY_PATH:
            return sum(self._in_units.values())
        if self._singly:
            return self._found[0]
        found: int = self._counted.aggregate(found=Sum("accounts", default=0))["found"]
        return found

    def alike(self, *by: str) -> list[tuple[Any, ...]]:
        """Values of the fields, and how many accounts have them; one query."""
        if self._singly:
            found = Count("*", output_field=AS_IT_IS)
            return list(self.accounts.values_list(*by).annotate(found=found))
        alike = Sum("accounts", output_field=AS_IT_IS)
        return list(self._counted.values_list(*by).annotate(found=alike))

    def around(self, start: int, stop: int) -> tuple[QuerySet[AccountVersion], int]:
        """Accounts with those among them that stand from `start` up to `stop` in the filter's
        order, and how many stand before them all; no query but that of `count`.

        By path they are those of whole units: at what is skipped nobody looks.
        """
        if self._sort in _BY_PATH:
            units, before = self._units_around(start, stop)
            return self.accounts.filter(unit__in=units), before
        if self._singly:
            number, keys = self._found
            if number == len(keys):
                return AccountVersion.objects.filter(pk__any=keys), 0
        return self.accounts, 0

    def _units_around(self, start: int, stop: int) -> tuple[Sequence[int], int]:
        units = list(unit_rows(self._assessment).values())
        if self._sort.startswith("-"):
            units.reverse()
        found: list[int] = []
        through = before = 0
        # Units of one path: their accounts stand among each other.
        for _, of_path in groupby(units, attrgetter("by_path")):
            here = [unit.key for unit in of_path if unit.key in self._in_units]
            through += sum(self._in_units[key] for key in here)
            if through <= start:
                before = through
            else:
                found += here
            if through >= stop:
                break
        return found, before

    @cached_property
    def _in_units(self) -> Mapping[int, int]:
        """How many in each unit that has any; one query."""
        return dict(self.alike("unit"))

    @cached_property
    def _found(self) -> tuple[int, Sequence[int]]:
        """How many of those that are looked at one by one, and keys of so many; one query."""
        keys = Func(
            ArrayAgg("pk", default=[]),
            template=f"(%(expressions)s)[:{_FEW}]",
            output_field=ArrayField(BigIntegerField()),
        )
        found = self.accounts.aggregate(number=Count("*"), keys=keys)
        return found["number"], found["keys"]


def _alike(assessment: Assessment, chosen: MatrixFilter) -> Q:
    """Of fields that `AccountVersion` and `UnitPosture` have."""
    where = Q()
    # Below the root, which alone has a path of one id, are all.
    if chosen.below.count("/") > 1:
        where &= Q(unit__path__startswith=chosen.below)
    if chosen.state:
        where &= Q(state=chosen.state)
    if chosen.lacks is not None:
        where &= Q(lacking=chosen.lacks)
    if chosen.reason:
        where &= Q(posture__in=postures_alike(assessment, chosen.reason))
    if chosen.statuses:
        guardrails = [chosen.guardrail] if chosen.guardrail else []
        where &= has_status(chosen.statuses, guardrails)
    return where
