"""The accounts of which a cause changed the verdict for one guardrail: all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet, Sum
from django.utils.functional import cached_property

from policies.analysis.verdict import Status
from policies.models import AccountVersion, Cause, ChangeTotal, VerdictChange
from policies.selectors.changes import ChangeEntry, ChangeFilter, below, entries_of

PAGE_SIZE: Final = 100

if TYPE_CHECKING:
    _Paginator = Paginator[VerdictChange]
else:
    _Paginator = Paginator


@dataclass(frozen=True, slots=True)
class Changed:
    """`before` is None for an account that came, `after` for one that left."""

    account: AccountVersion
    before: Status | None
    after: Status | None
    direction: str


@dataclass(frozen=True, slots=True)
class ChangedAccounts:
    """`entry` is the cause with all that it changed, `rows` a page of it for one guardrail."""

    entry: ChangeEntry
    guardrail: str
    page: Page[Any]
    rows: Sequence[Changed]


def changed_accounts(cause: Cause, guardrail: str, unit: str, page: str) -> ChangedAccounts:
    """Below a root or OU, or of everybody where none is given; four queries at most.

    Where the cause changed nothing of the guardrail, it is the first of which it did.
    """
    (entry,) = entries_of([cause], ChangeFilter(unit=unit))
    changed = [line.guardrail.id for line in entry.lines]
    chosen = guardrail if guardrail in changed else next(iter(changed), "")
    totals = ChangeTotal.objects.filter(
        cause=cause, guardrail=chosen, unit_aws_id="" if unit.startswith("r-") else unit
    )
    rows = VerdictChange.objects.filter(cause=cause, guardrail=chosen)
    if unit:
        rows = rows.filter(below(unit))
    rows = rows.select_related("account__unit", "before", "after").order_by("pk")
    number = totals.aggregate(all=Sum("accounts", default=0))["all"]
    # Their evidence and witnesses are longer than all the rest.
    found = _Counted(rows.defer("before__detail", "after__detail"), number).get_page(page)
    return ChangedAccounts(entry, chosen, found, [_changed(one) for one in found])


def _changed(row: VerdictChange) -> Changed:
    before, after = (Status(one.status) if one else None for one in (row.before, row.after))
    return Changed(row.account, before, after, row.direction)


class _Counted(_Paginator):
    """Of rows that were counted when they were stored."""

    def __init__(self, rows: QuerySet[VerdictChange], number: int) -> None:
        super().__init__(rows, PAGE_SIZE)
        self._number = number

    @cached_property
    def count(self) -> int:
        return self._number
