"""Every verdict of an organization, each distinct set of levels decided once."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Final, Protocol

from policies.analysis.bearing import bears
from policies.analysis.document import DocumentError, parse
from policies.analysis.guardrail import Guardrail
from policies.analysis.hierarchy import Level, Levels, Unreadable
from policies.analysis.likeness import Distinctions, distinctions
from policies.analysis.marks import (
    ACCOUNT_MARK,
    filling,
    level_mark,
    marking,
    may_hold_a_mark,
    name_mark,
    replacing,
)
from policies.analysis.proof import decide, management_account, without_scps
from policies.analysis.reasons import kept_together
from policies.analysis.statement import Statement
from policies.analysis.subject import Subject
from policies.analysis.verdict import Verdict

# Stamped on every assessment: to be raised with each change that may alter a verdict.
ENGINE_VERSION: Final = "11"


class _Organization(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def partition(self) -> str: ...
    @property
    def management_account_id(self) -> str: ...
    @property
    def feature_set(self) -> str: ...


class _Unit(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def parent_id(self) -> str | None: ...


class _Account(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def parent_id(self) -> str: ...


class _Policy(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def content(self) -> str | None: ...


class _Attachment(Protocol):
    @property
    def policy_id(self) -> str: ...
    @property
    def target_id(self) -> str: ...


class Snapshot(Protocol):
    """What is judged: one organization, complete, each `parent_id` in `units`.

    A verdict is on the requests that can be sent from `taken_at` on.
    """

    @property
    def taken_at(self) -> datetime: ...
    @property
    def organization(self) -> _Organization: ...
    @property
    def scps_in_force(self) -> bool: ...
    @property
    def units(self) -> Sequence[_Unit]: ...
    @property
    def accounts(self) -> Sequence[_Account]: ...
    @property
    def policies(self) -> Sequence[_Policy]: ...
    @property
    def attachments(self) -> Sequence[_Attachment]: ...


@dataclass(frozen=True, slots=True)
class Judged:
    """Accounts that share every verdict but for their own id in it.

    `verdicts` stand in the order of the guardrails; where one names the account, it has
    `ACCOUNT_MARK` instead.
    """

    account_ids: tuple[str, ...]
    verdicts: tuple[Verdict, ...]

    def for_account(self, account_id: str) -> tuple[Verdict, ...]:
        """The verdicts with the account's own id in them."""
        fill = replacing(ACCOUNT_MARK, account_id)
        return tuple(verdict.rewritten(fill) for verdict in self.verdicts)


def levels_of(snapshot: Snapshot, account_id: str) -> Levels:
    """The levels from the root down to an account; KeyError where there is no such one."""
    parent = {account.id: account.parent_id for account in snapshot.accounts}[account_id]
    return _Hierarchy(snapshot).levels(parent, account_id)


def hangs_on_time(snapshot: Snapshot) -> bool:
    """Whether verdicts may change while the organization stays as it is: an SCP asks for a time."""
    return _Hierarchy(snapshot).asks_for_time()


def assess(
    snapshot: Snapshot,
    guardrails: Sequence[Guardrail],
    before_each: Callable[[], None] = lambda: None,
) -> list[Judged]:
    """Every account's verdicts, accounts that share them together, by least account id.

    `before_each` is called before each distinct path is decided, which takes a bounded number
    of steps: what it raises ends the work.
    """
    court = _Court(snapshot, guardrails)
    groups: dict[tuple[object, ...], list[str]] = {}
    for account in snapshot.accounts:
        groups.setdefault(court.group(account), []).append(account.id)
    parents = {account.id: account.parent_id for account in snapshot.accounts}
    judged = []
    with _no_collecting():
        for ids in groups.values():
            before_each()
            first = min(ids)
            judged.append(Judged(tuple(sorted(ids)), court.verdicts(first, parents[first])))
    return sorted(judged, key=lambda one: one.account_ids)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Without Python's cyclic collector, which would take a quarter of the time.

    It finds nothing: whatever judging makes is kept, or is freed when nothing refers to it.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class _Hierarchy:
    """The units' paths and what is attached where, each policy parsed once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._parents = {unit.id: unit.parent_id for unit in snapshot.units}
        self._policies = {policy.id: policy for policy in snapshot.policies}
        self._attached: dict[str, list[str]] = {}
        self._paths: dict[str, tuple[str, ...]] = {}
        self._parsed: dict[str, tuple[Statement, ...] | Unreadable] = {}
        for one in snapshot.attachments:
            if self._policies[one.policy_id].type == "SERVICE_CONTROL_POLICY":
                self._attached.setdefault(one.target_id, []).append(one.policy_id)

    def path(self, unit_id: str) -> tuple[str, ...]:
        """The root, and each unit down to this one."""
        if unit_id not in self._paths:
            parent = self._parents[unit_id]
            above = () if parent is None else self.path(parent)
            self._paths[unit_id] = (*above, unit_id)
        return self._paths[unit_id]

    def attached(self, target_id: str) -> tuple[str, ...]:
        """Never empty: AWS keeps at least one SCP on each target, so what it is was not read.

        Source: AWS Organizations User Guide, "Quotas", minimum of one attached SCP.
        """
        return tuple(sorted(set(self._attached.get(target_id, (_NOT_READ,)))))

    def levels(self, parent_id: str, account_id: str) -> Levels:
        targets = (*self.path(parent_id), account_id)
        return tuple(_level(one, map(self.read, self.attached(one))) for one in targets)

    def asks_for_time(self) -> bool:
        read = map(self.read, set(chain.from_iterable(self._attached.values())))
        return any(
            statement.asks_for_time
            for statements in read
            if not isinstance(statements, Unreadable)
            for statement in statements
        )

    def read(self, policy_id: str) -> tuple[Statement, ...] | Unreadable:
        if policy_id == _NOT_READ:
            return _NOTHING_ATTACHED
        if policy_id not in self._parsed:
            content = self._policies[policy_id].content
            try:
                if content is None:
                    raise DocumentError(f"policy {policy_id}: its content was not read")
                if may_hold_a_mark(content):
                    raise DocumentError(
                        f"policy {policy_id}: has a character of private use, U+E000"
                    )
                self._parsed[policy_id] = parse(policy_id, content)
            except DocumentError as error:
                self._parsed[policy_id] = Unreadable(policy_id, str(error))
        return self._parsed[policy_id]


# Stands for whatever is attached where the snapshot has nothing.
_NOT_READ: Final = ""
_NOTHING_ATTACHED: Final = Unreadable(_NOT_READ, "no SCP was read")


def _level(target_id: str, policies: Iterable[tuple[Statement, ...] | Unreadable]) -> Level:
    statements: list[Statement] = []
    unreadable: list[Unreadable] = []
    for one in policies:
        if one is _NOTHING_ATTACHED:
            problem = f"no SCP was read at {target_id}, and AWS keeps at least one there"
            unreadable.append(Unreadable(_NOT_READ, problem))
        elif isinstance(one, Unreadable):
            unreadable.append(one)
        else:
            statements.extend(one)
    return Level(target_id, tuple(statements), tuple(unreadable))


class _Court:
    """Judges an organization's accounts and remembers what it has decided."""

    def __init__(self, snapshot: Snapshot, guardrails: Sequence[Guardrail]) -> None:
        self._snapshot = snapshot
        self._guardrails = guardrails
        self._hierarchy = _Hierarchy(snapshot)
        self._names = {one.id: kept_together(one.name) for one in snapshot.policies}
        marks = {id: name_mark(id) for id, name in self._names.items() if name}
        self._benches = [_Bench(one, self._hierarchy, marks) for one in guardrails]
        self._contents: dict[str, _Content] = {}
        self._told: dict[tuple[str, tuple[str, ...]], tuple[Distinctions, ...]] = {}

    def group(self, account: _Account) -> tuple[object, ...]:
        """Equal for accounts whose verdicts differ in nothing but their ids."""
        if account.id == self._snapshot.organization.management_account_id:
            return ("management account",)
        if not self._snapshot.scps_in_force:
            return ("no SCP in force", account.parent_id)
        content = self._content(account.id, account.parent_id)
        told = self._told_by(account.parent_id, content)
        return (account.parent_id, content[-1], *(one.likeness(account.id) for one in told))

    def verdicts(self, account_id: str, parent_id: str) -> tuple[Verdict, ...]:
        organization = self._snapshot.organization
        if account_id == organization.management_account_id:
            return tuple(management_account(one) for one in self._guardrails)
        subject = self._subject(account_id, parent_id)
        if not self._snapshot.scps_in_force:
            why = (
                "the organization has consolidated billing only"
                if organization.feature_set != "ALL"
                else "the policy type SERVICE_CONTROL_POLICY is not enabled in the root"
            )
            mark = replacing(account_id, ACCOUNT_MARK)
            found = (without_scps(one, subject, why) for one in self._guardrails)
            return tuple(verdict.rewritten(mark) for verdict in found)
        content = self._content(account_id, parent_id)
        targets = (*self._hierarchy.path(parent_id), ACCOUNT_MARK)
        fill = filling(targets, subject.organization_path, self._names)
        return tuple(one.verdict(content, subject, fill) for one in self._benches)

    def _told_by(self, parent_id: str, content: _Content) -> tuple[Distinctions, ...]:
        """What tells accounts below one unit apart, with this content; most often nothing."""
        place = (parent_id, content[-1])
        if place not in self._told:
            found = (one.told_by(content) for one in self._benches)
            self._told[place] = tuple(dict.fromkeys(one for one in found if one.tells))
        return self._told[place]

    def _content(self, account_id: str, parent_id: str) -> _Content:
        """The policies attached at each level of the account's."""
        if parent_id not in self._contents:
            path = self._hierarchy.path(parent_id)
            self._contents[parent_id] = tuple(self._hierarchy.attached(one) for one in path)
        return (*self._contents[parent_id], self._hierarchy.attached(account_id))

    def _subject(self, account_id: str, parent_id: str) -> Subject:
        organization = self._snapshot.organization
        path = self._hierarchy.path(parent_id)
        return Subject(
            account_id=account_id,
            partition=organization.partition,
            organization_id=organization.id,
            management_account_id=organization.management_account_id,
            organization_path="/".join((organization.id, *path, "")),
            since=self._snapshot.taken_at,
        )


# The policies attached at each level from the root down.
_Content = tuple[tuple[str, ...], ...]


class _Bench:
    """Decides one guardrail, once for all accounts on whose way the same statements bear on it."""

    def __init__(
        self, guardrail: Guardrail, hierarchy: _Hierarchy, names: Mapping[str, str]
    ) -> None:
        self._guardrail = guardrail
        self._hierarchy = hierarchy
        self._names = names
        self._actions = (*guardrail.actions, *guardrail.also)
        self._bearing: dict[str, tuple[Statement, ...] | Unreadable] = {}
        self._contents: dict[_Content, _Content] = {}
        self._distinctions: dict[_Content, Distinctions] = {}
        # With marks for the account, its levels, its path and the names of policies.
        self._decided: dict[tuple[object, ...], Verdict] = {}
        self._anyone: Subject | None = None

    def verdict(self, content: _Content, subject: Subject, fill: Callable[[str], str]) -> Verdict:
        """With a mark for the account; `fill` puts in what stands for the others."""
        return self._verdict(content, subject).rewritten(fill)

    def _verdict(self, content: _Content, subject: Subject) -> Verdict:
        bearing = self._bearing_content(content)
        found = self._told_by(bearing)
        if not found.tells and not found.placed:
            # Any account does for all of them, and what is remembered of its texts is of use again.
            self._anyone = subject = self._anyone or subject
        path = subject.organization_path
        case = (bearing, path if found.placed else None, found.likeness(subject.account_id))
        if case not in self._decided:
            levels = tuple(
                _level(level_mark(index), (self._bearing[one] for one in policies))
                for index, policies in enumerate(bearing)
            )
            verdict = decide(self._guardrail, levels, subject, self._names)
            self._decided[case] = verdict.rewritten(marking(subject.account_id, path))
        return self._decided[case]

    def told_by(self, content: _Content) -> Distinctions:
        """What tells accounts with this content apart, below one unit."""
        return self._told_by(self._bearing_content(content))

    def _told_by(self, bearing: _Content) -> Distinctions:
        if bearing not in self._distinctions:
            found = (self._bearing[one] for policies in bearing for one in policies)
            self._distinctions[bearing] = distinctions(
                statement
                for statements in found
                if not isinstance(statements, Unreadable)
                for statement in statements
            )
        return self._distinctions[bearing]

    def _bearing_content(self, content: _Content) -> _Content:
        """The same without policies that have nothing to say on the guardrail."""
        if content not in self._contents:
            self._contents[content] = tuple(
                tuple(one for one in policies if self._bears(one)) for policies in content
            )
        return self._contents[content]

    def _bears(self, policy_id: str) -> bool:
        if policy_id not in self._bearing:
            read = self._hierarchy.read(policy_id)
            if not isinstance(read, Unreadable):
                read = tuple(one for one in read if bears(one, self._actions))
            self._bearing[policy_id] = read
        return self._bearing[policy_id] != ()
