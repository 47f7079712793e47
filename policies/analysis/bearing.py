"""Which statements bear on an action, and what they make of the requests of a scene."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from policies.analysis.hierarchy import Levels
from policies.analysis.parts import condition_parts, resource_parts
from policies.analysis.patterns import is_everything, union, wild
from policies.analysis.requirements import ALWAYS, NEVER, Part
from policies.analysis.scene import Scene
from policies.analysis.search import Clause, Literal
from policies.analysis.sending import together
from policies.analysis.spaces import Kind
from policies.analysis.statement import Statement
from policies.analysis.verdict import Effect, Evidence


@dataclass(frozen=True, slots=True)
class Named:
    """Whether a statement speaks of an action: surely, or in some reading of its pattern."""

    surely: bool
    possibly: bool


@lru_cache(maxsize=100_000)
def named(actions: tuple[str, ...], not_action: bool, action: str) -> Named:
    """`actions` are a statement's, in lower case; so is `action`.

    A wildcard in the prefix of a service is described by AWS for `*` alone.
    """
    found = [one for one in actions if union((wild(one),)).matches(action)]
    possibly = bool(found)
    surely = any(is_everything(wild(one)) or _has_plain_prefix(one) for one in found)
    return Named(not possibly, not surely) if not_action else Named(surely, possibly)


def _has_plain_prefix(pattern: str) -> bool:
    prefix, colon, _ = pattern.partition(":")
    return bool(colon) and "*" not in prefix and "?" not in prefix


@dataclass(frozen=True, slots=True)
class Bearing:
    """A statement that speaks of the action, at one level."""

    statement: Statement
    level: int
    target_id: str
    named: Named

    @property
    def evidence(self) -> Evidence:
        one = self.statement
        return Evidence(one.policy_id, one.index, one.sid, self.target_id, one.effect)


@dataclass(frozen=True, slots=True)
class Case:
    """All that bears on one action; actions with equal cases are decided alike."""

    denies: tuple[Bearing, ...]
    # For each level its Allows.
    allows: tuple[tuple[Bearing, ...], ...]
    # Index of the level, and why a policy there could not be read.
    unreadable: tuple[tuple[int, str], ...]

    @property
    def bearings(self) -> tuple[Bearing, ...]:
        return (*self.denies, *(one for level in self.allows for one in level))

    @property
    def identity(self) -> tuple[object, ...]:
        """Equal for equal cases of the same levels, and cheap to compare."""
        return tuple((id(one.statement), one.level, one.named) for one in self.bearings)

    @property
    def mentioned(self) -> frozenset[str]:
        """The keys that its statements speak of, in lower case."""
        return frozenset(
            condition.key for one in self.bearings for condition in one.statement.conditions
        )


def case_of(action: str, levels: Levels) -> Case:
    bearing = [list(_bearing(action, levels, index)) for index in range(len(levels))]
    return Case(
        tuple(one for level in bearing for one in level if one.statement.effect is Effect.DENY),
        tuple(
            tuple(one for one in level if one.statement.effect is Effect.ALLOW) for level in bearing
        ),
        tuple(
            (index, one.problem) for index, level in enumerate(levels) for one in level.unreadable
        ),
    )


def _bearing(action: str, levels: Levels, index: int) -> Iterator[Bearing]:
    level = levels[index]
    for statement in level.statements:
        found = named(statement.actions, statement.not_action, action.lower())
        if found.possibly:
            yield Bearing(statement, index, level.target_id, found)


class Reading:
    """What the statements make of a scene's requests, for or against who wants through.

    `generous`: a Deny counts where it surely applies, an Allow where it possibly does; no
    request found is a proof. Otherwise the other way round; a request found is real.
    """

    def __init__(self, scene: Scene, *, generous: bool, parts: Parts) -> None:
        self._scene = scene
        self._generous = generous
        self._parts = parts

    def deny(self, one: Bearing) -> Clause | None:
        """The ways out of a Deny; None where it is as good as not there."""
        if not (one.named.surely if self._generous else one.named.possibly):
            return None
        ways = []
        for part in self._parts.of(one.statement):
            variable, asked = self._literal(part, surely=self._generous)
            if asked == NEVER:
                return None
            if asked != ALWAYS:
                ways.append(((variable, asked.negated()),))
        return tuple(ways)

    def _literal(self, part: Part, *, surely: bool) -> Literal:
        one = part if self._generous or part.sent is None else part.sent
        return one.variable, one.surely if surely else one.possibly

    def allow(self, bearings: Sequence[Bearing]) -> Clause | None:
        """The ways through a level; None where it lets everything pass."""
        ways: list[tuple[Literal, ...]] = []
        for one in bearings:
            way = self.through(one, surely=not self._generous)
            if way == ():
                return None
            if way is not None:
                ways.append(way)
        return tuple(dict.fromkeys(ways))

    def through(self, one: Bearing, *, surely: bool) -> tuple[Literal, ...] | None:
        """What a request must meet for the statement to speak of it; None if it never does."""
        if not (one.named.surely if surely else one.named.possibly):
            return None
        way: list[Literal] = []
        for part in self._parts.of(one.statement):
            variable, asked = self._literal(part, surely=surely)
            if asked == NEVER:
                return None
            if asked != ALWAYS:
                way.append((variable, asked))
        return tuple(way)

    def clauses(self, case: Case) -> list[Clause]:
        """All that a request must meet to get through."""
        found = [self.deny(one) for one in case.denies]
        found += [self.level(case, index) for index in range(len(case.allows))]
        if case.unreadable and not self._generous:
            found.append(())
        if not self._generous:
            found += together(case.mentioned)
        return list(dict.fromkeys(one for one in found if one is not None))

    def level(self, case: Case, index: int) -> Clause | None:
        # A policy that could not be read may allow anything.
        if self._generous and any(at == index for at, _ in case.unreadable):
            return None
        return self.allow(case.allows[index])


# Parts that conditions make, by the identity of the statement and the kind of principal.
Conditions = dict[tuple[int, Kind], tuple[Part, ...]]


class Parts:
    """The parts of statements in one scene, each made once.

    `conditions` is shared between scenes that differ in the resource alone.
    """

    def __init__(self, scene: Scene, conditions: Conditions) -> None:
        self._scene = scene
        # By identity: what is asked about outlives its parts.
        self._made: dict[int, tuple[Part, ...]] = {}
        self._conditions = conditions

    def of(self, statement: Statement) -> tuple[Part, ...]:
        if id(statement) not in self._made:
            parts = (*resource_parts(statement, self._scene), *self._conditional(statement))
            self._made[id(statement)] = parts
        return self._made[id(statement)]

    def _conditional(self, statement: Statement) -> tuple[Part, ...]:
        key = (id(statement), self._scene.kind)
        if key not in self._conditions:
            self._conditions[key] = condition_parts(statement, self._scene)
        return self._conditions[key]
