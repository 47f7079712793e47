"""The accounts of which a cause changed the verdict for one guardrail: all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

from policies.analysis.verdict import Status
from policies.models import AccountVersion, Cause, VerdictChange
from policies.selectors.changes import ChangeEntry, ChangeFilter, below, entries_of

PAGE_SIZE: Final = 100


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
    page: Page[int]
    rows: Sequence[Changed]


def changed_accounts(cause: Cause, guardrail: str, unit: str, page: str) -> ChangedAccounts:
    """By name; below a root or OU, or of everybody where none is given; four queries at most.

    Where the cause changed nothing of the guardrail, it is the first of which it did. The keys
    come first, which stand in an index in the order of the names: what is skipped is not read.
    """
    (entry,) = entries_of([cause], ChangeFilter(unit=unit))
    changed = [line.guardrail.id for line in entry.lines]
    chosen = guardrail if guardrail in changed else next(iter(changed), "")
    rows = VerdictChange.objects.filter(cause=cause, guardrail=chosen)
    if unit:
        rows = rows.filter(below(unit))
    number = sum(line.accounts for line in entry.lines if line.guardrail.id == chosen)
    found = _Counted(rows.order_by("pk").values_list("pk", flat=True), number).get_page(page)
    keys = list(found)
    by_key = VerdictChange.objects.select_related("account__unit", "before", "after").only(
        "direction",
        "account__aws_id",
        "account__name",
        "account__unit__display_path",
        "before__status",
        "after__status",
    )
    read = by_key.in_bulk(keys)
    return ChangedAccounts(entry, chosen, found, [_changed(read[key]) for key in keys])


def _changed(row: VerdictChange) -> Changed:
    before, after = (Status(one.status) if one else None for one in (row.before, row.after))
    return Changed(row.account, before, after, row.direction)


class _Counted(Paginator):  # type: ignore[type-arg]  # no generic at run time
    """Of rows that were counted when they were stored."""

    def __init__(self, keys: QuerySet[VerdictChange, int], number: int) -> None:
        super().__init__(keys, PAGE_SIZE)
        self._number = number

    @cached_property
    def count(self) -> int:
        return self._number
