"""Which accounts a filter keeps and how many, without counting what was counted before."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    Count,
    F,
    Func,
    OrderBy,
    Q,
    QuerySet,
    Sum,
    Window,
)
from django.db.models.functions import Lower

from policies.analysis.verdict import Status
from policies.models import AccountVersion, Assessment, UnitPosture
from policies.selectors.account_filters import has_status, says
from policies.selectors.lacking import postures_alike
from policies.selectors.units import AS_IT_IS

# So many are found and then put in order in less time than PostgreSQL takes to look for them in
# that order.
_FEW: Final = 2_000
BY_PATH: Final = Lower("unit__display_path")


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
        self._counted = UnitPosture.objects.at(assessment).filter(where)
        self._singly = bool(chosen.text)
        # In no order.
        self.accounts: QuerySet[AccountVersion] = AccountVersion.objects.at(assessment).filter(
            where
        )
        if chosen.text:
            self.accounts = self.accounts.filter(says(chosen.text))

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

    @property
    def few(self) -> Sequence[int] | None:
        """Their keys, where each is looked at and they are few."""
        if not self._singly:
            return None
        number, keys = self._found
        return keys if number == len(keys) else None

    def count(self) -> int:
        """One query."""
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

    def units_by_path(
        self, start: int, stop: int, *, descending: bool = False
    ) -> tuple[Collection[int], int] | None:
        """Keys of the units in which the accounts [start, stop) are, and how many come before.

        In the order of the units' paths. One query; None where it would take a look at each
        account.
        """
        if self._singly:
            return None
        rows = self._counted.annotate(
            through=Window(Sum("accounts"), order_by=OrderBy(BY_PATH, descending=descending)),
            # Units of one path: their accounts stand among each other.
            here=Window(Sum("accounts"), partition_by=BY_PATH),
        ).filter(through__gt=start, through__lt=stop + F("here"))
        found = list(rows.values_list("unit", "through", "here"))
        before = min((through - here for _, through, here in found), default=0)
        return {unit for unit, *_ in found}, before


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
