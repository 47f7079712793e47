"""For each action of a guardrail: closed, open with a request that gets through, or unclear."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from policies.analysis.answers import (
    TOO_LONG,
    Answer,
    Closed,
    Doubt,
    Finding,
    Hole,
    Open,
    Point,
    Unclear,
)
from policies.analysis.asking import Asked, Scenes, sort_of
from policies.analysis.bearing import Bearing, Case, Cases
from policies.analysis.coherence import fitted, incoherent
from policies.analysis.evaluation import Decision, decision_of
from policies.analysis.guardrail import Guardrail
from policies.analysis.hierarchy import Levels
from policies.analysis.keys import REQUEST_TAG_KEYS, RESOURCE_TAG_FAMILIES
from policies.analysis.scene import PRINCIPAL
from policies.analysis.search import Model
from policies.analysis.subject import Subject
from policies.analysis.unhindered import unhindered
from policies.analysis.verdict import Effect, Evidence, Request
from policies.analysis.walks import STEP_LIMIT, StepLimit, Steps
from policies.analysis.witness import unsent, witness

_NONE: Final = frozenset[str]()
# Each with the templates of the ARNs that it can be called on.
Actions = Mapping[str, tuple[str, ...]]


class Findings:
    """What the levels of one account make of a guardrail's actions, required or not."""

    def __init__(self, guardrail: Guardrail, levels: Levels, subject: Subject) -> None:
        self._guardrail = guardrail
        self._scenes = Scenes(guardrail, levels, subject)
        each = (*guardrail.actions, *guardrail.also)
        self._cases = dict(zip(each, Cases(levels).of_each(each), strict=True))
        # Whatever is asked later of the same levels has an answer already.
        self._made: dict[object, Question] = {}

    def of(self, actions: Actions, steps: int = STEP_LIMIT) -> tuple[Finding, ...]:
        """A finding for each action, in order; actions with equal cases are decided once.

        `steps` bound the search for answers, of all actions together.
        """
        found = self._questions(actions, steps)
        # As `_replace` does, in a fraction of the time.
        return tuple([Finding(action, *question.finding[1:]) for action, question in found])

    def answers(self, actions: Actions, steps: int) -> dict[str, Answer]:
        """By action whether it is closed or open, and nothing on why."""
        return {action: one.answer for action, one in self._questions(actions, steps)}

    def _questions(self, actions: Actions, steps: int) -> Iterator[tuple[str, Question]]:
        budget = Budget.of(steps)
        for action, templates in actions.items():
            case = self._cases[action]
            unsent = _NONE
            if case.peculiar:
                unsent = _unsent(self._guardrail, action, templates, case.peculiar)
            key = (sort_of(action), templates, unsent, case)
            if key not in self._made:
                self._made[key] = Question(
                    action, templates, case, self._scenes, unsent=unsent, budget=budget
                )
            yield action, self._made[key]


@dataclass(frozen=True, slots=True)
class Budget:
    """Steps for a try with few of many Denies, for answers, for one more try, and for evidence.

    Evidence has steps of its own: an answer once found is not lost over it.
    """

    few: Steps
    answers: Steps
    reserve: Steps
    evidence: Steps

    @classmethod
    def of(cls, steps: int) -> Budget:
        return cls(Steps(steps // 2), Steps(steps), Steps(steps // 4), Steps(steps // 2))


def _unsent(
    guardrail: Guardrail, action: str, templates: tuple[str, ...], peculiar: frozenset[str]
) -> frozenset[str]:
    """Those of the keys mentioned that the action does not carry.

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
        for key in peculiar
        if key.startswith((own, *REQUEST_TAG_KEYS, *RESOURCE_TAG_FAMILIES))
        and key.partition("/")[0] not in (*carried, *on_resource)
    )


# Said where search and evaluation disagree, which tests hunt for.
FAULT: Final = "this is a fault of the portal, please report it to its developers"


def _disagreement(request: Request, decision: Decision) -> Doubt:
    asked = f"`{request.action}` on `{request.resource}` by `{request.principal_arn}`"
    return Doubt(
        f"the portal's search lets {asked} through, its evaluation says {decision}: {FAULT}"
    )


class Question:
    """One action, in every scene in which it can be asked for."""

    def __init__(
        self,
        action: str,
        templates: tuple[str, ...],
        case: Case,
        scenes: Scenes,
        *,
        unsent: frozenset[str],
        budget: Budget,
    ) -> None:
        self._action = action
        self._templates = templates
        self._case = case
        self._scenes = scenes
        # The keys that the action does not carry.
        self._unsent = unsent
        self._budget = budget
        # The Denies among which those are looked for that close it.
        self._closing_denies = case.denies

    @cached_property
    def answer(self) -> Answer:
        """Whether it is closed, open or unclear."""
        bare = self._unhindered() if self._case.bare else None
        return bare or self._answer(self._asked)

    def _unhindered(self) -> Open | None:
        found = unhindered(self._scenes, self._action, self._templates)
        if found is None:
            return None
        request = Request(self._action, *found.witness[1:])
        return None if self._replayed(request) else Open(request, found.scene, found.model)

    @cached_property
    def _asked(self) -> tuple[Asked, ...]:
        return self._asked_in(colons=self._scenes.colons)

    def _asked_in(self, *, colons: bool) -> tuple[Asked, ...]:
        return self._scenes.of(self._action, self._templates, self._unsent, colons=colons)

    @cached_property
    def finding(self) -> Finding:
        """The answer, what restricts the action, and past what a request gets through."""
        answer = self.answer
        if self._case.bare and isinstance(answer, Open):
            return Finding(self._action, answer, self._case, False, False, ())
        scenes = self._asked
        self._scenes.scope.steps = self._budget.evidence
        restricted, perhaps, evidence = self._restrictions(scenes, answer)
        if isinstance(answer, Open):
            answer = self._explained(scenes, answer)
        by_colon = isinstance(answer, Closed) and self._open_by_colon()
        doubts = self._doubts(scenes) if perhaps and not restricted else ()
        return Finding(
            self._action, answer, self._case, restricted, perhaps, evidence, doubts, by_colon
        )

    def _doubts(self, scenes: Sequence[Asked]) -> tuple[Doubt, ...]:
        try:
            found = dict.fromkeys(d for one in scenes for d in one.doubts(self._case))
            return tuple(found or dict.fromkeys(d for s in scenes for d in s.idle(self._case)))
        except StepLimit:
            return (TOO_LONG,)

    def _answer(self, scenes: Sequence[Asked]) -> Answer:
        if self._case.plain:
            return Closed()
        if self._closed_by_few(scenes):
            self._closing_denies = self._case.few
            return Closed()
        self._scenes.scope.steps = self._budget.answers
        points: list[Point] = []
        hard: list[Asked] = []
        for one in scenes:
            try:
                found = self._answer_in(one)
            except StepLimit:
                hard.append(one)
                continue
            if isinstance(found, Open):
                return found
            points += found.points if isinstance(found, Unclear) else ()
        if not self._closed_by_one(hard):
            points.append(TOO_LONG)
        return Unclear(tuple(dict.fromkeys(points))) if points else Closed()

    def _answer_in(self, asked: Asked) -> Answer:
        perhaps = None
        if self._case.hindered:
            perhaps = asked.search(asked.clauses(self._case, generous=True))
            if perhaps is None:
                return Closed()
        real = asked.search(asked.clauses(self._case, generous=False), real=True)
        if real is None:
            return self._unreal(asked, perhaps)
        found = self._opened(asked, real)
        if isinstance(found, Open):
            return found
        again = self._opened(asked, fitted(real))
        return again if isinstance(again, Open) else found

    def _opened(self, asked: Asked, model: Model) -> Open | Unclear:
        request = witness(self._action, asked.scene, model, self._case.mentioned)
        doubts = self._replayed(request)
        return Unclear(doubts) if doubts else Open(request, asked.scene, model)

    def _unreal(self, asked: Asked, perhaps: Model | None) -> Closed | Unclear:
        """Where no request that AWS certainly sends gets through."""
        found = perhaps or asked.search(asked.clauses(self._case, generous=True))
        if found is None:
            return Closed()
        return Unclear(tuple(asked.doubts(self._case)) or (unsent(asked.scene, found),))

    def _closed_by_few(self, scenes: Sequence[Asked]) -> bool:
        """Of a great many Denies a few are soon read, and what they close stays closed."""
        self._scenes.scope.steps = self._budget.few
        try:
            return bool(self._case.few) and all(one.closed_by_few(self._case) for one in scenes)
        except StepLimit:
            return False

    def _closed_by_one(self, hard: Sequence[Asked]) -> bool:
        """Where all together take too long, some statement or level may close each alone."""
        self._scenes.scope.steps = self._budget.reserve
        try:
            return all(one.closed_by_one(self._case) for one in hard)
        except StepLimit:
            return False

    def _explained(self, scenes: Sequence[Asked], answer: Open) -> Open:
        asked = next(one for one in scenes if one.scene is answer.scene)
        holes = self._holes(scenes, asked, answer)
        try:
            allowed_by = tuple(asked.allowing(self._case, answer.model))
        except StepLimit:
            allowed_by = ()
        return Open(answer.witness, answer.scene, answer.model, holes, allowed_by)

    def _holes(self, scenes: Sequence[Asked], asked: Asked, answer: Open) -> tuple[Hole, ...]:
        """By which part each Deny lets the witness pass that stops some request in scope."""
        try:
            denies = [
                one for one in self._case.denies if any(s.meets(one, surely=False) for s in scenes)
            ]
        except StepLimit:
            denies = list(self._case.denies)
        return tuple(asked.holes(denies, answer.model))

    def _replayed(self, request: Request) -> tuple[Doubt, ...]:
        """Why the request is none to show: nobody can send it, or the evaluator stops it."""
        decision, points = decision_of(request, self._scenes.levels)
        if decision is Decision.ALLOWED:
            return tuple(map(Doubt, incoherent(request.context)))
        return tuple(map(Doubt, points)) or (_disagreement(request, decision),)

    def _open_by_colon(self) -> bool:
        """Whether a path that holds a colon gets through; asked only of conditions."""
        if self._scenes.colons or self._case.plain or not self._case.spans(PRINCIPAL):
            return False
        try:
            for one in self._asked_in(colons=True):
                if one.closed_by_few(self._case):
                    continue
                found = one.search(one.clauses(self._case, generous=False), real=True)
                if found is not None:
                    request = witness(self._action, one.scene, found, self._case.mentioned)
                    return not self._replayed(request)
        except StepLimit:
            return False
        return False

    def _restrictions(
        self, scenes: Sequence[Asked], answer: Answer
    ) -> tuple[bool, bool, tuple[Evidence, ...]]:
        """Where it would take too long to find all, what has been found."""
        if isinstance(answer, Closed):
            # Without anything in its way it is closed to whoever would not be exempt: to nobody.
            stopped = self._case.hindered
            return stopped, stopped, self._closing(scenes)
        levels = self._case.narrow
        found: list[Evidence] = []
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
                bool(found)
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

    def _closing(self, scenes: Sequence[Asked]) -> tuple[Evidence, ...]:
        """Each statement and level that closes the action alone; else all that help to."""
        denies = self._closing_denies
        levels = self._case.narrow
        plain = self._case.plain
        by_deny: list[Evidence] = []
        by_level: list[Evidence] = []
        try:
            # Levels are few, and what they close must not be put down to Denies.
            by_level.extend(
                self._missing(index)
                for index in levels
                if all(s.closed_by_level(self._case, index) for s in scenes)
            )
            by_deny.extend(
                one.evidence for one in denies if one in plain or self._suffices(scenes, [one])
            )
            if by_deny or by_level:
                return (*by_deny, *by_level)
            by_deny.extend(one.evidence for one in denies if any(s.meets(one) for s in scenes))
            by_level.extend(
                self._missing(index)
                for index in levels
                if any(s.stopped_at(self._case, index, surely=True) for s in scenes)
            )
            return (*by_deny, *by_level)
        except StepLimit:
            found = (*by_deny, *by_level)
            return found or tuple(one.evidence for one in plain or denies)

    def _suffices(self, scenes: Sequence[Asked], denies: Iterable[Bearing]) -> bool:
        return all(one.closed_by_denies(denies) for one in scenes)

    def _missing(self, index: int) -> Evidence:
        return Evidence("", -1, None, self._scenes.levels[index].target_id, Effect.ALLOW)
