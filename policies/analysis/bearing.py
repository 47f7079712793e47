"""Which statements bear on an action, and what they make of the requests of a scene."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

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


@dataclass(frozen=True, eq=False)
class Case:
    """All that bears on one action; actions of which the same bears share one."""

    denies: tuple[Bearing, ...]
    # For each level its Allows.
    allows: tuple[tuple[Bearing, ...], ...]
    # Index of the level, and why a policy there could not be read.
    unreadable: tuple[tuple[int, str], ...]

    @cached_property
    def bearings(self) -> tuple[Bearing, ...]:
        return (*self.denies, *(one for level in self.allows for one in level))

    @cached_property
    def resources(self) -> int:
        """How many resources its statements name."""
        return sum(
            len(one.statement.resources)
            for one in self.bearings
            if one.statement.resources != ("*",)
        )

    @cached_property
    def mentioned(self) -> frozenset[str]:
        """The keys that its statements speak of, in lower case."""
        return frozenset(
            condition.key for one in self.bearings for condition in one.statement.conditions
        )


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

    def of(self, action: str) -> Case:
        found = tuple(named(*names, action.lower()) for names in self._names)
        if found not in self._made:
            self._made[found] = self._case(found)
        return self._made[found]

    def _case(self, found: Sequence[Named]) -> Case:
        bearing = [
            [
                Bearing(statement, index, level.target_id, found[group])
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


# Parts by the identity of the statement: of its conditions with the kind of principal, of its
# resources with the template.
Conditions = dict[tuple[int, Kind | str | None], tuple[Part, ...]]


class Parts:
    """The parts of statements in one scene, each made once.

    `conditions` is shared between the scenes of one service.
    """

    def __init__(self, scene: Scene, conditions: Conditions) -> None:
        self._scene = scene
        # By identity: what is asked about outlives its parts.
        self._made: dict[int, tuple[Part, ...]] = {}
        self._conditions = conditions

    def of(self, statement: Statement) -> tuple[Part, ...]:
        if id(statement) not in self._made:
            parts = (*self._of_resource(statement), *self._conditional(statement))
            self._made[id(statement)] = parts
        return self._made[id(statement)]

    def _of_resource(self, statement: Statement) -> tuple[Part, ...]:
        if any("${" in one for one in statement.resources):
            return resource_parts(statement, self._scene)
        key = (id(statement), self._scene.template)
        if key not in self._conditions:
            self._conditions[key] = resource_parts(statement, self._scene)
        return self._conditions[key]

    def _conditional(self, statement: Statement) -> tuple[Part, ...]:
        key = (id(statement), self._scene.kind)
        if key not in self._conditions:
            self._conditions[key] = condition_parts(statement, self._scene)
        return self._conditions[key]
