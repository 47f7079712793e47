"""Which statements of an account's levels bear on an action."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from policies.analysis.hierarchy import Levels
from policies.analysis.keys import REQUEST_TAG_KEYS, RESOURCE_TAG_FAMILIES
from policies.analysis.patterns import is_everything, union, wild
from policies.analysis.statement import Statement
from policies.analysis.verdict import Effect, Evidence

_TAGS: Final = (*REQUEST_TAG_KEYS, *RESOURCE_TAG_FAMILIES)
# How many of a great many Denies are tried without the others.
_FEW: Final = 24


class Named(NamedTuple):
    """Whether a statement speaks of an action: surely, or in some reading of its pattern."""

    surely: bool
    possibly: bool


@lru_cache(maxsize=100_000)
def named(actions: tuple[str, ...], not_action: bool, action: str) -> Named:
    """`actions` are a statement's, in lower case; so is `action`."""
    found = [_named_by(one, action) for one in _of(actions, action.partition(":")[0])]
    surely = (True, True) in found
    possibly = surely or (False, True) in found
    return Named(not possibly, not surely) if not_action else Named(surely, possibly)


@lru_cache(maxsize=100_000)
def _named_by(pattern: str, action: str) -> Named:
    """A wildcard in the prefix of a service is described by AWS for `*` alone."""
    possibly = union((wild(pattern),)).matches(action)
    return Named(possibly and (is_everything(pattern) or _has_plain_prefix(pattern)), possibly)


@lru_cache(maxsize=20_000)
def _named_each(
    actions: tuple[str, ...], not_action: bool, each: tuple[str, ...]
) -> tuple[Named, ...]:
    """As `named`, of many actions at once."""
    services = _services(each)
    # Most statements speak of other services.
    spoken_of = {one for service in services for one in _of(actions, service)}
    rows = [_row(one, each) for one in actions if one in spoken_of]
    if not rows:
        return (Named(not_action, not_action),) * len(each)
    found = rows[0] if len(rows) == 1 else tuple(map(_any, zip(*rows, strict=True)))
    return tuple([Named(not p, not s) for s, p in found]) if not_action else found


@lru_cache(maxsize=20_000)
def _row(pattern: str, each: tuple[str, ...]) -> tuple[Named, ...]:
    return tuple([_named_by(pattern, one) for one in each])


def _any(found: tuple[Named, ...]) -> Named:
    return Named(any(one.surely for one in found), any(one.possibly for one in found))


@lru_cache(maxsize=1_000)
def _services(actions: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([one.partition(":")[0] for one in actions]))


def _has_plain_prefix(pattern: str) -> bool:
    prefix, colon, _ = pattern.partition(":")
    return bool(colon) and "*" not in prefix and "?" not in prefix


@lru_cache(maxsize=20_000)
def _of(actions: tuple[str, ...], service: str) -> tuple[str, ...]:
    """The patterns that may name an action of the service: quick to tell."""
    return tuple(
        [one for one in actions if one.startswith(f"{service}:") or not _has_plain_prefix(one)]
    )


def bears(statement: Statement, actions: Iterable[str]) -> bool:
    """Whether the statement speaks of any of the actions, in some reading."""
    names = (statement.actions, statement.not_action)
    return any(named(*names, one.lower()).possibly for one in actions)


class Bearing(NamedTuple):
    """A statement that speaks of the action, at one level."""

    statement: Statement
    target_id: str
    named: Named

    @property
    def reaches_all(self) -> bool:
        """Whether it speaks of every resource, principal and context, in each reading."""
        one = self.statement
        if one.not_resource or one.conditions or not self.named.surely:
            return False
        return any(map(is_everything, one.resources))

    @property
    def evidence(self) -> Evidence:
        one = self.statement
        return Evidence(one.policy_id, one.index, one.sid, self.target_id, one.effect)


class Case:
    """All that bears on one action; actions of which the same bears share one.

    `allows`: for each level its Allows. `unreadable`: the index of a level, and why a policy
    there could not be read.
    """

    def __init__(
        self,
        denies: tuple[Bearing, ...],
        allows: tuple[tuple[Bearing, ...], ...],
        unreadable: tuple[tuple[int, str], ...],
    ) -> None:
        self.denies = denies
        self.allows = allows
        self.unreadable = unreadable
        self.bearings = (*denies, *itertools.chain.from_iterable(allows))
        # The Denies that close the action whatever is asked: no search is needed.
        self.plain = tuple([one for one in denies if one.reaches_all])
        # The levels of which it is not plain that they let everything pass.
        self.narrow = self._narrow()
        # The keys that its statements speak of, in lower case.
        self.mentioned = frozenset(
            [one.key for bearing in self.bearings for one in bearing.statement.conditions]
        )
        # Whether it is plain that every request passes, and none of its keys is asked for.
        self.bare = not (self.denies or self.narrow or self.mentioned)
        # Those of them that the requests of some actions carry and others' do not.
        self.peculiar = frozenset(
            [one for one in self.mentioned if not one.startswith("aws:") or one.startswith(_TAGS)]
        )

    @cached_property
    def simplest(self) -> tuple[Bearing, ...]:
        """The Denies, those of the fewest texts first."""
        return tuple(sorted(self.denies, key=lambda one: one.statement.size))

    @cached_property
    def few(self) -> tuple[Bearing, ...]:
        """The simplest of many Denies, which most often close alone what all of them close."""
        return self.simplest[:_FEW] if len(self.denies) > 2 * _FEW else ()

    def spans(self, key: str) -> bool:
        """Whether some statement holds the key against patterns whose `*` reads any colon."""
        return key in self.mentioned and any(
            one.key == key and one.operator in ("StringLike", "StringNotLike")
            for bearing in self.bearings
            for one in bearing.statement.conditions
        )

    def _narrow(self) -> tuple[int, ...]:
        unreadable = {index for index, _ in self.unreadable}
        return tuple(
            index
            for index, level in enumerate(self.allows)
            if index in unreadable or not any(one.reaches_all for one in level)
        )

    @property
    def hindered(self) -> bool:
        """Whether anything is in the way of the action."""
        return bool(self.denies or self.narrow)


_Names = tuple[tuple[str, ...], bool]


class Cases:
    """What of an account's levels bears on each action."""

    def __init__(self, levels: Levels) -> None:
        self._levels = levels
        # Most statements name the same few lists of actions.
        groups: dict[_Names, int] = {}
        self._group = [
            [groups.setdefault((one.actions, one.not_action), len(groups)) for one in at.statements]
            for at in levels
        ]
        self._names = tuple(groups)
        self._made: dict[tuple[Named, ...], Case] = {}

    def of_each(self, actions: Iterable[str]) -> list[Case]:
        """For each action, in order."""
        names = tuple([one.lower() for one in actions])
        rows = [_named_each(*one, names) for one in self._names]
        return [
            self._of(found) for found in (zip(*rows, strict=True) if rows else [()] * len(names))
        ]

    def _of(self, found: tuple[Named, ...]) -> Case:
        """`found`: for each list of actions, whether it names the action."""
        if found not in self._made:
            self._made[found] = self._case(found)
        return self._made[found]

    def _case(self, found: Sequence[Named]) -> Case:
        bearing = [
            [
                Bearing(statement, level.target_id, found[group])
                for statement, group in zip(level.statements, self._group[index], strict=True)
                if found[group].possibly
            ]
            for index, level in enumerate(self._levels)
        ]
        return Case(
            tuple(one for level in bearing for one in level if one.statement.effect is Effect.DENY),
            tuple(
                tuple(one for one in level if one.statement.effect is Effect.ALLOW)
                for level in bearing
            ),
            tuple(
                (index, one.problem)
                for index, level in enumerate(self._levels)
                for one in level.unreadable
            ),
        )
