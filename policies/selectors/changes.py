"""What changed, newest first: each cause with the verdicts that it changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from accounts.models import Organization
from policies.analysis.verdict import Status
from policies.events import Event
from policies.models import AccountVersion, Cause, VerdictChange
from policies.selectors.headings import STATUS_LABELS, Heading, headings
from policies.selectors.policy_versions import Difference, differences_of
from policies.selectors.sentences import events_sentence, verdict_sentence

PAGE_SIZE: Final = 25
# So many accounts of a line are named; the others are counted.
_NAMED: Final = 3
Direction = VerdictChange.Direction


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """Each part narrows, an empty one does not; `start` and `end` as [start, end).

    `unit`, `account` and `policy` are AWS ids. `unit` keeps what was below it at the time, or
    left it. `quiet` adds what happened and changed no verdict.
    """

    start: datetime | None = None
    end: datetime | None = None
    unit: str = ""
    account: str = ""
    guardrail: str = ""
    policy: str = ""
    direction: str = ""
    quiet: bool = False

    @property
    def about_verdicts(self) -> bool:
        return bool(self.unit or self.account or self.guardrail or self.direction)


@dataclass(frozen=True, slots=True)
class ChangedAccount:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """Accounts whose verdict for one guardrail went from one status to another.

    `before` is None for accounts that came, `after` for those that left.
    """

    guardrail: Heading
    before: Status | None
    after: Status | None
    direction: VerdictChange.Direction
    accounts: int
    examples: tuple[ChangedAccount, ...]

    @property
    def sentence(self) -> str:
        return verdict_sentence(self.before, self.after, self.accounts, self.guardrail.short)

    @property
    def transition(self) -> str:
        """For one account: "Enforced → Missing"; an account that came or left has one side."""
        sides = (self.before, self.after)
        return " → ".join(STATUS_LABELS[one] if one else "not there" for one in sides)

    @property
    def more(self) -> int:
        return self.accounts - len(self.examples)


@dataclass(frozen=True, slots=True)
class ChangeEntry:
    """A cause, when it was found, and what it changed: regressions first."""

    id: int
    at: datetime
    events: tuple[Event, ...]
    lines: tuple[ChangeLine, ...]
    differences: tuple[Difference, ...] = ()

    @property
    def title(self) -> str:
        """The events: "Detached `A` from `B`; moved `c` from `D` to `E`"."""
        return events_sentence(self.events)

    @property
    def sentence(self) -> str:
        """The whole entry in one: "Detached `A` from `B`: 212 accounts lost CloudTrail"."""
        return f"{self.title}: {'; '.join(one.sentence for one in self.lines) or 'no verdict'}"

    @property
    def in_aws(self) -> bool:
        """False where only the portal's own rules changed."""
        return any(event.kind.in_aws for event in self.events)

    @property
    def regressions(self) -> int:
        return self._count(Direction.REGRESSION)

    @property
    def improvements(self) -> int:
        return self._count(Direction.IMPROVEMENT)

    def _count(self, direction: VerdictChange.Direction) -> int:
        return sum(one.accounts for one in self.lines if one.direction == direction)


@dataclass(frozen=True, slots=True)
class Changes:
    page: Page[Cause]
    entries: tuple[ChangeEntry, ...]


def changes(
    organization: Organization,
    chosen: ChangeFilter,
    page: str | int = "1",
    page_size: int = PAGE_SIZE,
) -> Changes:
    """One page; five queries, whatever the size."""
    found = Paginator(causes(organization, chosen), page_size).get_page(page)
    rows = list(found)
    lines = _lines(rows, chosen)
    differences = differences_of(rows)
    return Changes(
        page=found,
        entries=tuple(
            ChangeEntry(
                id=cause.pk,
                at=cause.assessment.since,
                events=tuple(Event.from_json(event) for event in cause.events),
                lines=tuple(lines.get(cause.pk, ())),
                differences=differences.get(cause.pk, ()),
            )
            for cause in rows
        ),
    )


def causes(organization: Organization, chosen: ChangeFilter) -> QuerySet[Cause]:
    """Newest first."""
    found = Cause.objects.filter(assessment__organization=organization)
    if chosen.start:
        found = found.filter(assessment__since__gte=chosen.start)
    if chosen.end:
        found = found.filter(assessment__since__lt=chosen.end)
    if chosen.policy:
        found = found.filter(events__contains=[{"policy": {"id": chosen.policy}}])
    if chosen.about_verdicts:
        found = found.filter(Exists(verdict_changes(chosen).filter(cause=OuterRef("pk"))))
    elif not chosen.quiet:
        found = found.filter(changed__gt=0)
    return (
        found.select_related("assessment")
        # Not asked for here, and as long as all the rest.
        .defer("assessment__parameters", "assessment__totals")
        .order_by("-assessment", "-regressions", "-pk")
    )


def verdict_changes(chosen: ChangeFilter) -> QuerySet[VerdictChange]:
    """The rows that the verdicts' part of a filter keeps, of any organization and time."""
    narrowed = Q()
    if chosen.unit:
        narrowed &= below(chosen.unit)
    if chosen.account:
        narrowed &= Q(account__aws_id=chosen.account)
    if chosen.guardrail:
        narrowed &= Q(guardrail=chosen.guardrail)
    if chosen.direction:
        narrowed &= Q(direction=chosen.direction)
    return VerdictChange.objects.filter(narrowed)


def below(unit_id: str) -> Q:
    """Changes of accounts that were below the root or OU when it changed, or right before.

    Of an organization's changes: below its root were all.
    """
    if unit_id.startswith("r-"):
        return Q()
    former = AccountVersion.objects.filter(
        organization=OuterRef("account__organization"),
        aws_id=OuterRef("account__aws_id"),
        until=OuterRef("assessment"),
    )
    at_the_time = Q(account__unit__path__contains=f"{unit_id}/")
    return at_the_time | Q(Exists(former.filter(unit__path__contains=f"{unit_id}/")))


# What the changes of one line have in common.
_Line = tuple[int, str, str | None, str | None, str]


def _lines(rows: Sequence[Cause], chosen: ChangeFilter) -> Mapping[int, list[ChangeLine]]:
    """By cause, in the order in which they are read: worst first, then by guardrail."""
    changes = verdict_changes(chosen).filter(cause__in=rows)
    key = ("cause", "guardrail", "before__status", "after__status", "direction")
    of_line = [F(one) for one in key]
    numbered = changes.annotate(
        accounts=Window(Count("*"), partition_by=of_line),
        number=Window(RowNumber(), partition_by=of_line, order_by="account"),
    ).filter(number__lte=_NAMED)
    # The rows of the few accounts that are named, and not of the many that are numbered.
    first = list(numbered.values_list(*key, "accounts", "account"))
    rows_of = AccountVersion.objects.filter(pk__in={account for *_, account in first})
    accounts = {
        key: ChangedAccount(aws_id, name)
        for key, aws_id, name in rows_of.values_list("pk", "aws_id", "name")
    }
    counted: dict[_Line, int] = {}
    named: dict[_Line, list[ChangedAccount]] = {}
    for cause, guardrail, before, after, direction, number, account in first:
        line = (cause, guardrail, before, after, direction)
        counted[line] = number
        named.setdefault(line, []).append(accounts[account])
    by_id = {one.id: one for one in headings()}
    worst = list(Direction.values)
    found: dict[int, list[ChangeLine]] = {}
    for line in sorted(counted, key=lambda one: (worst.index(one[4]), _number(one[1], by_id))):
        cause, guardrail, before, after, direction = line
        if guardrail in by_id:
            found.setdefault(cause, []).append(
                ChangeLine(
                    guardrail=by_id[guardrail],
                    before=Status(before) if before else None,
                    after=Status(after) if after else None,
                    direction=Direction(direction),
                    accounts=counted[line],
                    examples=tuple(sorted(named[line], key=lambda one: (one.name, one.id))),
                )
            )
    return found


def _number(guardrail: str, by_id: Mapping[str, Heading]) -> int:
    return by_id[guardrail].number if guardrail in by_id else 0
