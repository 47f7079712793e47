"""What changed, newest first: each cause with the verdicts that it changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Organization
from policies.analysis.verdict import Status
from policies.events import Event, Named
from policies.models import Cause, ChangeTotal, UnitVersion, VerdictChange
from policies.selectors.headings import STATUS_LABELS, Heading, headings
from policies.selectors.policy_versions import Difference, differences_of
from policies.selectors.sentences import events_sentence, verdict_sentence

PAGE_SIZE: Final = 25
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
class ChangeLine:
    """Accounts whose verdict for one guardrail went from one status to another.

    `before` is None for accounts that came, `after` for those that left.
    """

    guardrail: Heading
    before: Status | None
    after: Status | None
    direction: VerdictChange.Direction
    accounts: int
    examples: tuple[Named, ...]

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


def changes(organization: Organization, chosen: ChangeFilter, page: str = "1") -> Changes:
    """One page; four queries, whatever the size."""
    found = Paginator(causes(organization, chosen), PAGE_SIZE).get_page(page)
    return Changes(page=found, entries=entries_of(list(found), chosen))


def newest_changes(
    organization: Organization, chosen: ChangeFilter, most: int
) -> Sequence[ChangeEntry]:
    """At most so many; three queries, whatever the size."""
    return entries_of(list(causes(organization, chosen)[:most]), chosen)


def entries_of(rows: Sequence[Cause], chosen: ChangeFilter) -> tuple[ChangeEntry, ...]:
    """What each cause changed of what the filter keeps; two queries."""
    lines = _lines(rows, chosen)
    differences = differences_of(rows)
    return tuple(
        ChangeEntry(
            id=cause.pk,
            at=cause.assessment.since,
            events=tuple(Event.from_json(event) for event in cause.events),
            lines=tuple(lines.get(cause.pk, ())),
            differences=differences.get(cause.pk, ()),
        )
        for cause in rows
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
    if chosen.account:
        found = found.filter(Exists(verdict_changes(chosen).filter(cause=OuterRef("pk"))))
    elif chosen.about_verdicts:
        found = found.filter(Exists(_totals(chosen).filter(cause=OuterRef("pk"))))
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
    units = UnitVersion.objects.filter(path__contains=f"{unit_id}/").values("pk")
    return Q(unit__in=units) | Q(former_unit__in=units)


def _totals(chosen: ChangeFilter) -> QuerySet[ChangeTotal]:
    """The counts of what the verdicts' part of a filter keeps, where it names no account."""
    unit = "" if chosen.unit.startswith("r-") else chosen.unit
    found = ChangeTotal.objects.filter(unit_aws_id=unit)
    if chosen.guardrail:
        found = found.filter(guardrail=chosen.guardrail)
    return found.filter(direction=chosen.direction) if chosen.direction else found


# Cause, guardrail, status before and after, direction, how many accounts, and the first of them.
_Line = tuple[int, str, str, str, str, int, Sequence[Named]]


def _counted(rows: Sequence[Cause], chosen: ChangeFilter) -> Iterator[_Line]:
    """One query, of which the cost does not grow with the verdicts that changed."""
    fields = ("cause", "guardrail", "before", "after", "direction", "accounts", "examples")
    for *line, examples in _totals(chosen).filter(cause__in=rows).values_list(*fields):
        yield *line, [Named(**one) for one in examples]


def _of_account(rows: Sequence[Cause], chosen: ChangeFilter) -> Iterator[_Line]:
    """The same of one account, of which a cause changes a guardrail's verdict once."""
    fields = ("cause", "guardrail", "before__status", "after__status", "direction")
    changes = verdict_changes(chosen).filter(cause__in=rows)
    for cause, guardrail, before, after, direction, *account in changes.values_list(
        *fields, "account__aws_id", "account__name"
    ):
        named = [Named(*account)]
        yield cause, guardrail, before or "", after or "", direction, 1, named


def _lines(rows: Sequence[Cause], chosen: ChangeFilter) -> Mapping[int, list[ChangeLine]]:
    """By cause, in the order in which they are read: worst first, then by guardrail. One query."""
    by_id = {one.id: one for one in headings()}
    worst = list(Direction.values)
    counted = _of_account(rows, chosen) if chosen.account else _counted(rows, chosen)
    found: dict[int, list[ChangeLine]] = {}
    for cause, guardrail, before, after, direction, accounts, examples in sorted(
        (one for one in counted if one[1] in by_id),
        key=lambda one: (worst.index(one[4]), by_id[one[1]].number, one[2], one[3]),
    ):
        found.setdefault(cause, []).append(
            ChangeLine(
                guardrail=by_id[guardrail],
                before=Status(before) if before else None,
                after=Status(after) if after else None,
                direction=Direction(direction),
                accounts=accounts,
                examples=tuple(examples),
            )
        )
    return found
