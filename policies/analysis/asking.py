"""Searches in the scenes in which a guardrail's actions can be asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from itertools import chain, islice
from typing import Any, Final

from policies.analysis.answers import Doubt, Hole
from policies.analysis.bearing import Bearing, Case
from policies.analysis.guardrail import Guardrail
from policies.analysis.hierarchy import Levels
from policies.analysis.keys import is_of_principal
from policies.analysis.patterns import by_component, wild
from policies.analysis.reading import Readings
from policies.analysis.requirements import EVERYTHING, Part, Requirement, Texts
from policies.analysis.scene import PRINCIPAL, RESOURCE, Domain, Scene
from policies.analysis.search import Begun, Clause, Held, Literal, Model, Search, Solved
from policies.analysis.sending import known_regions, sent
from policies.analysis.solving import Value
from policies.analysis.spaces import Kind
from policies.analysis.subject import Subject
from policies.analysis.verdict import Evidence
from policies.analysis.walks import Steps

_KINDS: Final = tuple(Kind)
# SCPs never affect it, and nobody can assume it.
# Source: AWS Organizations User Guide, "Tasks and entities not restricted by SCPs".
_SERVICE_LINKED: Final = "arn:*:iam::*:role/aws-service-role/*"


# Source: IAM API Reference, ChangePassword: "the IAM user who is calling this operation", and
# its error InvalidUserType.
_ON_ONESELF: Final = frozenset(["iam:changepassword"])


@lru_cache(maxsize=10_000)
def sort_of(action: str) -> tuple[str, bool]:
    """Its service in lower case, and whether users alone can call it, each on itself."""
    lowered = action.lower()
    return lowered.partition(":")[0], lowered in _ON_ONESELF


@dataclass(slots=True)
class Scope:
    """What is asked of each request in any scene, and what searches may spend now."""

    base: tuple[Literal, ...]
    steps: Steps = field(default_factory=lambda: Steps(0))
    # By requirement and value, whether it holds.
    held: Held = field(default_factory=dict)
    solved: Solved = field(default_factory=dict)


class Scenes:
    """Every scene of a guardrail against some levels."""

    def __init__(self, guardrail: Guardrail, levels: Levels, subject: Subject) -> None:
        self.levels = levels
        self.colons = guardrail.parameters.colon_paths
        self._subject = subject
        # Scenes know their scope and not each other: what is in no circle is freed at once.
        self.scope = Scope(_in_scope(guardrail.parameters.exempt_principals))
        self._readings: dict[tuple[str, bool], Readings] = {}
        self._made: dict[tuple[str, str | None, frozenset[str], bool, bool], list[Asked]] = {}

    def of(
        self, action: str, templates: tuple[str, ...], unsent: frozenset[str], *, colons: bool
    ) -> tuple[Asked, ...]:
        """Every scene in which the action can be asked for."""
        service, oneself = sort_of(action)
        found: list[Asked] = []
        for template in templates or (None,):
            key = (service, template, unsent, colons, oneself)
            if key not in self._made:
                self._made[key] = self._on(*key)
            found += self._made[key]
        return tuple(found)

    def asked_for(self, action: str, templates: tuple[str, ...]) -> tuple[object, ...]:
        """Equal where the requests in scope are, but for their action, whatever the levels."""
        # Subjects are equal whatever the time, requests are not.
        who = (self._subject, self._subject.since, self.scope.base, self.colons)
        return (*sort_of(action), templates, *who)

    def _on(
        self,
        service: str,
        template: str | None,
        unsent: frozenset[str],
        colons: bool,
        oneself: bool,
    ) -> list[Asked]:
        """The scenes of one kind of resource."""
        readings = self._readings.setdefault((service, colons), Readings())
        about = (self._subject, colons, unsent, oneself)
        kinds = (Kind.USER,) if oneself else _KINDS
        # Subjects are equal whatever the time, scenes are not.
        scenes = [_scene(self._subject.since, service, template, kind, *about) for kind in kinds]
        never: set[Searched] = set()
        return [Asked(scene, readings, self.scope, never) for scene in scenes]


@lru_cache(maxsize=1_000)
def _in_scope(exempt_principals: tuple[str, ...]) -> tuple[Literal, ...]:
    exempt = tuple(wild(one) for one in (*exempt_principals, _SERVICE_LINKED))
    outside = Texts(by_component(exempt), inside=False)
    return (
        (PRINCIPAL, Requirement(absent=False, values=outside)),
        (RESOURCE, Requirement(absent=False, values=EVERYTHING)),
    )


@lru_cache(maxsize=2_000)
def _scene(_since: datetime, *about: Any) -> Scene:
    """One for all levels: what its variables can be does not hang on them."""
    return Scene(*about)


# Whether among real requests alone, what is asked of them, and beside it.
Searched = tuple[object, ...]


class Asked:
    """Searches in one scene; `never` is of all that differ in the kind of principal alone."""

    def __init__(
        self, scene: Scene, readings: Readings, scope: Scope, never: set[Searched]
    ) -> None:
        self.scene = scene
        self._readings = readings
        self._scope = scope
        # What no request meets, whatever its principal.
        self._never = never
        self._solved: dict[tuple[str, frozenset[Requirement]], Value | None] = {}
        self._sent: dict[tuple[str, frozenset[Requirement]], Value | None] = {}
        self._closed_by_few: dict[Case, bool] = {}
        # By whether it is real: a request in scope.
        self._begun: dict[bool, Begun | None] = {}
        # What closes an action is often asked again, to tell of the statement that does.
        self._found: dict[Searched, Model | None] = {}

    @property
    def _steps(self) -> Steps:
        return self._scope.steps

    def clauses(self, case: Case, *, generous: bool) -> list[Clause]:
        return self._readings.clauses(case, self.scene, self._steps, generous=generous)

    def search(
        self, clauses: Sequence[Clause], extra: Sequence[Literal] = (), *, real: bool = False
    ) -> Model | None:
        """Among all requests that AWS may send, or among those `real` that it certainly does."""
        key = (real, *clauses, extra)
        if key in self._never:
            return None
        if key not in self._found:
            found = self._found[key] = self._searched(clauses, extra, real=real)
            # What is certainly sent hangs on the kind of principal in more than its own keys.
            if (
                found is None
                and not real
                and self._of_anybody([extra, *chain.from_iterable(clauses)])
            ):
                self._never.add(key)
        return self._found[key]

    def _of_anybody(self, ways: Iterable[Sequence[Literal]]) -> bool:
        """Whether there is a request in scope, and nothing is asked of its principal."""
        return self._begun[False] is not None and not any(
            is_of_principal(name) for way in ways for name, _ in way
        )

    def _searched(
        self, clauses: Sequence[Clause], extra: Sequence[Literal], *, real: bool
    ) -> Model | None:
        domain, memo = self.scene.domain, self._solved
        if real:
            domain, memo = partial(sent, self.scene), self._sent
        if real not in self._begun:
            known = known_regions(self.scene) if real else ()
            self._begun[real] = _begun(domain, (*self._scope.base, *known), self._steps)
        search = Search(domain, clauses, self._steps, memo, self._scope.held, self._scope.solved)
        return search.run(self._begun[real], extra)

    def closed_by_one(self, case: Case) -> bool:
        """Whether one Deny or level alone closes the scene; the simplest are tried first."""
        return any(self.closed_by_denies([one]) for one in case.simplest) or any(
            self.closed_by_level(case, index) for index in case.narrow
        )

    def meets(self, one: Bearing, *, surely: bool = True) -> bool:
        """Whether the statement speaks of some request of the scene."""
        way = self._through(one, generous=not surely, surely=surely)
        return way is not None and self.search((), way, real=surely) is not None

    def closed_by_few(self, case: Case) -> bool:
        """Whether the few Denies that are tried first close the scene."""
        if case not in self._closed_by_few:
            self._closed_by_few[case] = self.closed_by_denies(case.few)
        return self._closed_by_few[case]

    def closed_by_denies(self, denies: Iterable[Bearing]) -> bool:
        found = (self._readings.deny(one, self.scene, self._steps, generous=True) for one in denies)
        clauses = [one for one in found if one is not None]
        return bool(clauses) and self.search(clauses) is None

    def closed_by_level(self, case: Case, index: int) -> bool:
        clause = self._readings.level(case, index, self.scene, self._steps, generous=True)
        return clause is not None and self.search([clause]) is None

    def stopped_at(self, case: Case, index: int, *, surely: bool) -> bool:
        """Whether the level surely, or in some reading, lets some request not pass."""
        if any(at == index for at, _ in case.unreadable):
            return not surely
        clauses: list[Clause] = []
        for one in case.allows[index]:
            way = self._through(one, generous=not surely, surely=not surely)
            if way == ():
                return False
            if way is not None:
                clauses.append(tuple(((name, asked.negated()),) for name, asked in way))
        return self.search(clauses, real=surely) is not None

    def _through(self, one: Bearing, *, generous: bool, surely: bool) -> tuple[Literal, ...] | None:
        return self._readings.through(
            one, self.scene, self._steps, generous=generous, surely=surely
        )

    def holes(self, denies: Iterable[Bearing], model: Model) -> Iterator[Hole]:
        """By which part each Deny lets the request pass."""
        for one in denies:
            parts = self._readings.of(one.statement, self.scene, self._steps).parts
            unmet = (Hole(one.evidence, part) for part in parts if _unmet(part, model))
            yield from islice(unmet, 1)

    def allowing(self, case: Case, model: Model) -> Iterator[Evidence]:
        """For each level that does not let everything pass, an Allow that lets the request."""
        for index in case.narrow:
            found = (one for one in case.allows[index] if self._allows(one, model))
            yield from (one.evidence for one in islice(found, 1))

    def _allows(self, one: Bearing, model: Model) -> bool:
        way = self._through(one, generous=False, surely=True)
        return way is not None and all(
            name in model and asked.holds(model[name]) for name, asked in way
        )

    def idle(self, case: Case) -> Iterator[Doubt]:
        """Where none surely stops a request: the Denies that might, and of what they speak."""
        for one in case.denies:
            if self.meets(one, surely=False):
                parts = self._readings.of(one.statement, self.scene, self._steps).parts
                clause = "by AWS's documentation no request is sent that it speaks of"
                yield Doubt(clause, one.evidence, " and ".join(part.words for part in parts))

    def doubts(self, case: Case) -> Iterator[Doubt]:
        """What keeps a request from being sure to get through."""
        yield from (Doubt(problem) for _, problem in case.unreadable)
        for one in case.bearings:
            parts = self._readings.of(one.statement, self.scene, self._steps).parts
            doubtful = next((part for part in parts if part.doubt), None)
            if doubtful is not None:
                yield Doubt(doubtful.doubt, one.evidence, doubtful.words)
            elif one.named.surely is not one.named.possibly:
                doubt = "AWS does not say whether wildcards may stand for a service"
                yield Doubt(doubt, one.evidence)


# What each search begins with, and the steps that it took: no answer hangs on earlier ones.
_BEGUN: Final[dict[tuple[object, ...], tuple[Begun | None, int]]] = {}
_MOST_BEGUN: Final = 5_000


def _begun(
    domain: Callable[[str], Domain], base: tuple[Literal, ...], steps: Steps
) -> Begun | None:
    key = (base, *[domain(name) for name, _ in base])
    found = _BEGUN.get(key)
    if found is None:
        before = steps.left
        begun = Search(domain, (), steps).begun(base)
        if len(_BEGUN) >= _MOST_BEGUN:
            _BEGUN.clear()
        _BEGUN[key] = begun, before - steps.left
        return begun
    steps.spend(found[1])
    return found[0]


def _unmet(part: Part, model: Model) -> bool:
    asked = part.sent or part
    return asked.variable in model and not asked.possibly.holds(model[asked.variable])
