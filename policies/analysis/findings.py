"""For each action of a guardrail: closed, open with a request that gets through, or unclear."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from policies.analysis.bearing import Bearing, Case, Cases, Conditions, Parts, Reading
from policies.analysis.evaluation import Decision, evaluate
from policies.analysis.guardrail import Guardrail
from policies.analysis.hierarchy import Levels
from policies.analysis.keys import REQUEST_TAG_KEYS, RESOURCE_TAG_FAMILIES
from policies.analysis.patterns import by_component, wild
from policies.analysis.requirements import EVERYTHING, Part, Requirement, Texts
from policies.analysis.scene import PRINCIPAL, RESOURCE, Scene
from policies.analysis.search import Clause, Held, Literal, Model, Search
from policies.analysis.sending import sent
from policies.analysis.solving import Value
from policies.analysis.spaces import Kind
from policies.analysis.spelling import spelled
from policies.analysis.subject import Subject
from policies.analysis.verdict import Effect, Evidence, Request
from policies.analysis.walks import STEP_LIMIT, StepLimit, Steps
from policies.analysis.witness import witness

TOO_LONG: Final = "the search would take more steps than the portal allows itself"
# Steps that it takes to read what a statement asks for, and one of its resources, whose reading
# the four kinds of principals share.
_TO_READ: Final = 3
_TO_READ_RESOURCE: Final = 2
# SCPs never affect it, and nobody can assume it.
# Source: AWS Organizations User Guide, "Tasks and entities not restricted by SCPs".
_SERVICE_LINKED: Final = "arn:*:iam::*:role/aws-service-role/*"


@dataclass(frozen=True, slots=True)
class Closed:
    """No request gets through."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A Deny that speaks of the action, and its part that the witness does not meet."""

    evidence: Evidence
    part: Part


@dataclass(frozen=True, slots=True)
class Open:
    """A request that gets through, and past which statements, by which of their parts."""

    witness: Request
    scene: Scene
    model: Model
    holes: tuple[Hole, ...] = ()


@dataclass(frozen=True, slots=True)
class Unclear:
    """What the answer hangs on: clauses that name statement and point."""

    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of one action.

    `restricted`: some request with it is surely stopped; `perhaps_restricted`: in some
    reading. `evidence` are the statements and levels that close it, or a part of it.
    """

    action: str
    answer: Closed | Open | Unclear
    case: Case
    restricted: bool
    perhaps_restricted: bool
    evidence: tuple[Evidence, ...]
    # Whether a path that holds a colon opens what is closed otherwise.
    open_by_colon: bool = False


def find_all(
    guardrail: Guardrail,
    actions: Mapping[str, tuple[str, ...]],
    levels: Levels,
    subject: Subject,
    steps: int = STEP_LIMIT,
) -> tuple[Finding, ...]:
    """A finding for each action, in order; actions with equal cases are decided once.

    `steps` bound the search for answers, of all actions together; evidence has a third.
    """
    decided: dict[object, Finding] = {}
    scenes = _Scenes(guardrail, subject, steps)
    cases = Cases(levels)
    findings = []
    for action, templates in actions.items():
        case = cases.of(action)
        unsent = _unsent(guardrail, action, templates, case.mentioned)
        key = (action.partition(":")[0], templates, unsent, case)
        if key not in decided:
            asked_in = partial(scenes.of, action, templates, unsent)
            decided[key] = Question(action, case, levels, scenes, asked_in).finding()
        findings.append(_for_action(decided[key], action))
    return tuple(findings)


def _for_action(finding: Finding, action: str) -> Finding:
    answer = finding.answer
    if isinstance(answer, Open):
        answer = replace(answer, witness=replace(answer.witness, action=action))
    return replace(finding, action=action, answer=answer)


def _unsent(
    guardrail: Guardrail, action: str, templates: tuple[str, ...], mentioned: frozenset[str]
) -> frozenset[str]:
    """The keys mentioned that the action does not carry.

    Source: Service Authorization Reference: an action lists its service's own keys and
    those of tags in the request, a type of resource those of the resource's tags.
    """
    carried = guardrail.condition_keys.get(action)
    if carried is None:
        return frozenset()
    own = f"{action.partition(':')[0].lower()}:"
    on_resource = () if not templates else RESOURCE_TAG_FAMILIES
    return frozenset(
        key
        for key in mentioned
        if key.startswith((own, *REQUEST_TAG_KEYS, *RESOURCE_TAG_FAMILIES))
        and key.partition("/")[0] not in (*carried, *on_resource)
    )


class _Scenes:
    """The scenes of a guardrail, with the steps that all its questions may spend."""

    def __init__(self, guardrail: Guardrail, subject: Subject, steps: int) -> None:
        self.colons = guardrail.parameters.colon_paths
        self._subject = subject
        # Evidence has steps of its own: an answer once found is not lost over it.
        self.steps, self.evidence_steps = Steps(steps), Steps(steps // 3)
        exempt = (*guardrail.parameters.exempt_principals, _SERVICE_LINKED)
        outside = Texts(by_component(tuple(wild(one) for one in exempt)), inside=False)
        self._base: tuple[Literal, ...] = (
            (PRINCIPAL, Requirement(absent=False, values=outside)),
            (RESOURCE, Requirement(absent=False, values=EVERYTHING)),
        )
        self._conditions: dict[tuple[str, bool], Conditions] = {}
        self._made: dict[Scene, _Asked] = {}

    def of(
        self, action: str, templates: tuple[str, ...], unsent: frozenset[str], *, colons: bool
    ) -> tuple[_Asked, ...]:
        """Every scene in which the action can be asked for."""
        service = action.partition(":")[0].lower()
        found = (
            Scene(service, template, kind, self._subject, colons, unsent)
            for template in templates or (None,)
            for kind in Kind
        )
        return tuple(self._asked(one) for one in found)

    def _asked(self, scene: Scene) -> _Asked:
        if scene not in self._made:
            conditions = self._conditions.setdefault((scene.service, scene.colons), {})
            self._made[scene] = _Asked(scene, Parts(scene, conditions), self._base, self.steps)
        return self._made[scene]


class Question:
    """One action, in every scene in which it can be asked for."""

    def __init__(
        self,
        action: str,
        case: Case,
        levels: Levels,
        scenes: _Scenes,
        asked_in: Callable[..., tuple[_Asked, ...]],
    ) -> None:
        self._action = action
        self._case = case
        # Given whether names may hold colons.
        self._scenes = asked_in
        self._levels = levels
        self._all = scenes

    def finding(self) -> Finding:
        scenes = self._scenes(colons=self._all.colons)
        try:
            answer = self._answer(scenes)
        except StepLimit:
            answer = Unclear((TOO_LONG,))
        for one in scenes:
            one.steps = self._all.evidence_steps
        restricted, perhaps, evidence = self._restrictions(scenes, answer)
        if isinstance(answer, Open):
            answer = replace(answer, holes=self._holes(scenes, answer))
        by_colon = isinstance(answer, Closed) and self._open_by_colon()
        for one in scenes:
            one.steps = self._all.steps
        return Finding(self._action, answer, self._case, restricted, perhaps, evidence, by_colon)

    def _answer(self, scenes: Sequence[_Asked]) -> Closed | Open | Unclear:
        points: list[str] = []
        for one in scenes:
            generous = one.clauses(self._case, generous=True)
            found = one.search(generous)
            if found is None:
                continue
            real = one.search(one.clauses(self._case, generous=False), real=True)
            if real is None:
                points += tuple(one.doubts(self._case)) or (_unsendable(one.scene, found),)
                continue
            request = witness(self._action, one.scene, real, self._case.mentioned)
            disagreement = self._replayed(request)
            if not disagreement:
                return Open(request, one.scene, real)
            points += disagreement
        return Unclear(tuple(dict.fromkeys(points))) if points else Closed()

    def _holes(self, scenes: Sequence[_Asked], answer: Open) -> tuple[Hole, ...]:
        """By which part each Deny lets the witness pass that stops some request in scope."""
        asked = next(one for one in scenes if one.scene is answer.scene)
        try:
            denies = [
                one for one in self._case.denies if any(s.meets(one, surely=False) for s in scenes)
            ]
        except StepLimit:
            denies = list(self._case.denies)
        return tuple(asked.holes(denies, answer.model))

    def _replayed(self, request: Request) -> tuple[str, ...]:
        """Why the evaluator of concrete requests would not let the request through."""
        outcome = evaluate(request, self._levels)
        if outcome.decision is Decision.ALLOWED:
            return ()
        if outcome.points:
            return outcome.points
        return (f"proof and evaluation disagree on {request.to_json()}: {outcome.decision}",)

    def _open_by_colon(self) -> bool:
        """Whether a path that holds a colon gets through; asked only of conditions."""
        if self._all.colons or PRINCIPAL not in self._case.mentioned:
            return False
        try:
            for one in self._scenes(colons=True):
                found = one.search(one.clauses(self._case, generous=False), real=True)
                if found is not None:
                    request = witness(self._action, one.scene, found, self._case.mentioned)
                    return not self._replayed(request)
        except StepLimit:
            return False
        return False

    def _restrictions(
        self, scenes: Sequence[_Asked], answer: Closed | Open | Unclear
    ) -> tuple[bool, bool, tuple[Evidence, ...]]:
        """Where it would take too long to find all, what has been found."""
        if isinstance(answer, Closed):
            return True, True, self._closing(scenes)
        levels = range(len(self._case.allows))
        found: list[Evidence] = []
        perhaps = bool(self._case.unreadable)
        try:
            found.extend(
                one.evidence for one in self._case.denies if any(s.meets(one) for s in scenes)
            )
            found.extend(
                self._missing(index)
                for index in levels
                if any(s.stopped_at(self._case, index, surely=True) for s in scenes)
            )
            perhaps = (
                perhaps
                or bool(found)
                or any(s.meets(one, surely=False) for one in self._case.denies for s in scenes)
                or any(
                    s.stopped_at(self._case, index, surely=False)
                    for index in levels
                    for s in scenes
                )
            )
        except StepLimit:
            perhaps = True
        return bool(found), perhaps, tuple(found)

    def _closing(self, scenes: Sequence[_Asked]) -> tuple[Evidence, ...]:
        """Each statement and level that closes the action alone; else all that help to."""
        denies = self._case.denies
        levels = range(len(self._case.allows))
        alone: list[Evidence] = []
        try:
            alone.extend(one.evidence for one in denies if self._suffices(scenes, [one]))
            alone.extend(
                self._missing(index)
                for index in levels
                if all(s.closed_by_level(self._case, index) for s in scenes)
            )
            if alone:
                return tuple(alone)
            helping = [one.evidence for one in denies if any(s.meets(one) for s in scenes)]
            helping += [
                self._missing(index)
                for index in levels
                if any(s.stopped_at(self._case, index, surely=True) for s in scenes)
            ]
            return tuple(helping)
        except StepLimit:
            return tuple(alone) or tuple(one.evidence for one in denies)

    def _suffices(self, scenes: Sequence[_Asked], denies: Iterable[Bearing]) -> bool:
        return all(one.closed_by_denies(denies) for one in scenes)

    def _missing(self, index: int) -> Evidence:
        return Evidence("", -1, None, self._levels[index].target_id, Effect.ALLOW)


def _unsendable(scene: Scene, model: Model) -> str:
    """Why a request that would get through is none to show."""
    request = witness("", scene, model, frozenset())
    carried = [
        f"{key} = {', '.join(f'`{one}`' for one in values)}"
        for key, values in request.context.items()
        if key.lower() in model and key != "aws:PrincipalArn"
    ]
    carried += [f"no {spelled(key)}" for key, values in sorted(model.items()) if not values]
    asked = f"on `{request.resource}` " if request.resource != "*" else ""
    return (
        f"only a request {asked}by `{request.principal_arn}` with {' and '.join(carried)} would, "
        "and by AWS's documentation none is sent"
    )


class _Asked:
    """Searches in one scene."""

    def __init__(self, scene: Scene, parts: Parts, base: tuple[Literal, ...], steps: Steps) -> None:
        self.scene = scene
        self._base = base
        self.steps = steps
        self._parts = parts
        self._generous = Reading(scene, generous=True, parts=parts)
        self._strict = Reading(scene, generous=False, parts=parts)
        self._held: Held = {}
        self._solved: dict[tuple[str, frozenset[Requirement]], Value | None] = {}
        self._sent: dict[tuple[str, frozenset[Requirement]], Value | None] = {}

    def clauses(self, case: Case, *, generous: bool) -> list[Clause]:
        resources = 0 if self.scene.template is None else case.resources
        self.steps.spend(_TO_READ * len(case.bearings) + _TO_READ_RESOURCE * resources)
        return (self._generous if generous else self._strict).clauses(case)

    def search(
        self, clauses: Sequence[Clause], extra: Sequence[Literal] = (), *, real: bool = False
    ) -> Model | None:
        """Among all requests that AWS may send, or among those `real` that it certainly does."""
        domain, memo = self.scene.domain, self._solved
        if real:
            domain, memo = partial(sent, self.scene), self._sent
        return Search(domain, clauses, self.steps, memo, self._held).run((*self._base, *extra))

    def meets(self, one: Bearing, *, surely: bool = True) -> bool:
        """Whether the statement speaks of some request of the scene."""
        way = (self._strict if surely else self._generous).through(one, surely=surely)
        return way is not None and self.search((), way, real=surely) is not None

    def closed_by_denies(self, denies: Iterable[Bearing]) -> bool:
        clauses = [one for one in map(self._generous.deny, denies) if one is not None]
        return bool(clauses) and self.search(clauses) is None

    def closed_by_level(self, case: Case, index: int) -> bool:
        clause = self._generous.level(case, index)
        return clause is not None and self.search([clause]) is None

    def stopped_at(self, case: Case, index: int, *, surely: bool) -> bool:
        """Whether the level surely, or in some reading, lets some request not pass."""
        if any(at == index for at, _ in case.unreadable):
            return not surely
        clauses: list[Clause] = []
        reading = self._strict if surely else self._generous
        for one in case.allows[index]:
            way = reading.through(one, surely=not surely)
            if way == ():
                return False
            if way is not None:
                clauses.append(tuple(((name, asked.negated()),) for name, asked in way))
        return self.search(clauses, real=surely) is not None

    def holes(self, denies: Iterable[Bearing], model: Model) -> Iterator[Hole]:
        """By which part each Deny lets the request pass."""
        for one in denies:
            for part in self._parts.of(one.statement):
                asked = part.sent or part
                if asked.variable in model and not asked.possibly.holds(model[asked.variable]):
                    yield Hole(one.evidence, part)
                    break

    def doubts(self, case: Case) -> Iterator[str]:
        """What keeps a request from being sure to get through."""
        yield from (problem for _, problem in case.unreadable)
        for one in (*case.denies, *(one for level in case.allows for one in level)):
            doubts = [part.doubt for part in self._parts.of(one.statement) if part.doubt]
            if one.named.surely is not one.named.possibly:
                doubts.append("AWS does not say whether wildcards may stand for a service")
            statement = one.statement
            for doubt in doubts[:1]:
                yield f"policy {statement.policy_id}, statement {statement.index}: {doubt}"
