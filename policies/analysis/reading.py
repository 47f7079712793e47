"""What statements make of the requests of a scene, for or against who wants through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policies.analysis.bearing import Bearing, Case
from policies.analysis.keys import is_of_principal
from policies.analysis.parts import condition_parts, resource_parts
from policies.analysis.requirements import Part
from policies.analysis.scene import Scene
from policies.analysis.search import Clause, Literal
from policies.analysis.sending import together
from policies.analysis.statement import Statement
from policies.analysis.texts import variables_in
from policies.analysis.walks import Steps

# Steps that it takes to read a statement for the first time, beside one for each of its texts and
# for so many characters in them; and again.
_TO_READ: Final = 16
_READ_IN_A_STEP: Final = 20
_TO_READ_AGAIN: Final = 1
_Way = tuple[Literal, ...]


class Read:
    """One statement in scenes that it does not tell apart.

    Literals are asked for in four readings: `generous`, where all count that AWS may send,
    or where only what it certainly sends does; at the least (`surely`) or at the most.
    """

    __slots__ = ("_denies", "_ways", "parts")

    def __init__(self, parts: tuple[Part, ...]) -> None:
        self.parts = parts
        self._ways: dict[tuple[bool, bool], _Way | None] = {}
        self._denies: dict[bool, Clause | None] = {}

    def way(self, *, generous: bool, surely: bool) -> _Way | None:
        """What a request must meet for the statement to speak of it; None if it never does."""
        key = (generous, surely)
        if key not in self._ways:
            self._ways[key] = self._way(generous=generous, surely=surely)
        return self._ways[key]

    def _way(self, *, generous: bool, surely: bool) -> _Way | None:
        way: list[Literal] = []
        for part in self.parts:
            one = part if generous or part.sent is None else part.sent
            asked = one.surely if surely else one.possibly
            if asked.never:
                return None
            if not asked.always:
                way.append((one.variable, asked))
        return tuple(way)

    def deny(self, *, generous: bool) -> Clause | None:
        """The ways out of it as a Deny; None where it is as good as not there."""
        if generous not in self._denies:
            way = self.way(generous=generous, surely=generous)
            self._denies[generous] = (
                None if way is None else tuple(((name, asked.negated()),) for name, asked in way)
            )
        return self._denies[generous]


class Readings:
    """What statements make of the scenes of one service, each read once for all it can be."""

    def __init__(self) -> None:
        # By identity: the statements and cases outlive what is read of them.
        self._read: dict[tuple[object, ...], Read] = {}
        self._kindless: dict[int, bool] = {}
        self._clauses: dict[tuple[object, ...], list[Clause]] = {}

    def of(self, statement: Statement, scene: Scene, steps: Steps) -> Read:
        kind = None if self._is_kindless(statement) else scene.kind
        key = (id(statement), scene.manner, kind)
        found = self._read.get(key)
        if found is None:
            steps.spend(_TO_READ + statement.size + statement.length // _READ_IN_A_STEP)
            parts = (*resource_parts(statement, scene), *condition_parts(statement, scene))
            found = self._read[key] = Read(parts)
        return found

    def clauses(self, case: Case, scene: Scene, steps: Steps, *, generous: bool) -> list[Clause]:
        """All that a request must meet to get through, what has the fewest ways first.

        `generous`: a Deny counts where it surely applies, an Allow where it possibly does; no
        request found is a proof. Otherwise the other way round; a request found is real.
        """
        kind = None if self._all_kindless(case) else scene.kind
        key = (id(case), generous, scene.manner, kind)
        if key not in self._clauses:
            found = dict.fromkeys(self._asked(case, scene, steps, generous=generous))
            self._clauses[key] = sorted((one for one in found if one is not None), key=len)
        return self._clauses[key]

    def _asked(
        self, case: Case, scene: Scene, steps: Steps, *, generous: bool
    ) -> Iterator[Clause | None]:
        for one in case.denies:
            yield self.deny(one, scene, steps, generous=generous)
        for index in case.narrow:
            yield self.level(case, index, scene, steps, generous=generous)
        if not generous:
            if case.unreadable:
                yield ()
            yield from together(case.mentioned)

    def deny(self, one: Bearing, scene: Scene, steps: Steps, *, generous: bool) -> Clause | None:
        """The ways out of a Deny; None where it is as good as not there."""
        steps.spend(_TO_READ_AGAIN)
        if not (one.named.surely if generous else one.named.possibly):
            return None
        return self.of(one.statement, scene, steps).deny(generous=generous)

    def through(
        self, one: Bearing, scene: Scene, steps: Steps, *, generous: bool, surely: bool
    ) -> _Way | None:
        """What a request must meet for the statement to speak of it; None if it never does."""
        steps.spend(_TO_READ_AGAIN)
        if not (one.named.surely if surely else one.named.possibly):
            return None
        return self.of(one.statement, scene, steps).way(generous=generous, surely=surely)

    def level(
        self, case: Case, index: int, scene: Scene, steps: Steps, *, generous: bool
    ) -> Clause | None:
        """The ways through a level; None where it lets everything pass."""
        # A policy that could not be read may allow anything.
        if generous and any(at == index for at, _ in case.unreadable):
            return None
        ways: list[_Way] = []
        for one in case.allows[index]:
            way = self.through(one, scene, steps, generous=generous, surely=not generous)
            if way == ():
                return None
            if way is not None:
                ways.append(way)
        return tuple(dict.fromkeys(ways))

    def _all_kindless(self, case: Case) -> bool:
        found = self._kindless.get(id(case))
        if found is None:
            found = all(self._is_kindless(one.statement) for one in case.bearings)
            self._kindless[id(case)] = found
        return found

    def _is_kindless(self, statement: Statement) -> bool:
        found = self._kindless.get(id(statement))
        if found is None:
            found = self._kindless[id(statement)] = _kindless(statement)
        return found


def _kindless(statement: Statement) -> bool:
    """Whether it reads alike for principals of each kind."""
    texts = (*statement.resources, *(v for one in statement.conditions for v in one.values))
    names = {name for text in texts if "${" in text for name in variables_in(text)}
    names.update(one.key for one in statement.conditions if one.key in _OF_KINDS)
    return not any(map(is_of_principal, names))


# Keys whose value is a part of the ARN of some kinds of principals.
_OF_KINDS: Final = ("aws:username", "aws:userid")
