"""Looking for a request that escapes every Deny and is allowed at every level.

A Deny is escaped by falsifying one of its parts, a level is passed by one of its Allows.
The search keeps a request that meets what has been asked so far, and only branches on a
Deny that applies to it or a level that does not let it pass: it ends with a request, with
the proof that there is none, or at a bound counted in steps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from policies.analysis.requirements import Requirement
from policies.analysis.scene import Domain
from policies.analysis.solving import Value, solve
from policies.analysis.walks import StepLimit, Steps

# How many Denies and levels are looked at one below the other; the interpreter has a limit too.
_DEEPEST: Final = 300
# Steps that it takes to begin.
_TO_BEGIN: Final = 20
# Something asked of one variable.
Literal = tuple[str, Requirement]
# Ways out of a Deny, or through a level: all literals of any one of them must hold.
Clause = tuple[tuple[Literal, ...], ...]
Model = dict[str, Value]
Held = dict[int, tuple[Requirement, dict[Value, bool]]]
# By what a variable can be and all that is asked of it, a value that meets that.
Solved = dict[tuple[Domain, frozenset[Requirement]], Value | None]
# By variable, in the order in which it was asked: what the search does must not vary.
_Asked = Mapping[str, tuple[Requirement, ...]]
# What has been asked, and a request that meets it.
Begun = tuple[_Asked, Model]


@dataclass(slots=True)
class Search:
    """`memo` may be shared by searches of the same domains, `solved` by all against some levels."""

    domain: Callable[[str], Domain]
    clauses: Sequence[Clause]
    steps: Steps
    memo: dict[tuple[str, frozenset[Requirement]], Value | None] = field(default_factory=dict)
    # Whether a value meets a requirement.
    held: Held = field(default_factory=dict)
    solved: Solved = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Of the clauses that a request does not meet, the one with the fewest ways comes first.
        self.clauses = sorted(self.clauses, key=len)

    def begun(self, base: Sequence[Literal]) -> Begun | None:
        """A request that meets the base; None proves that there is none."""
        return self._extended({}, {}, base)

    def run(self, base: Begun | None, extra: Sequence[Literal] = ()) -> Model | None:
        """Values of the variables that are asked about; None proves that there are none."""
        self.steps.spend(_TO_BEGIN + len(self.clauses))
        if base is None or (self.clauses and not self.clauses[0]):
            return None
        # A model grows while it is looked at, so what is begun is copied.
        found = self._extended(*base, extra) if extra else (base[0], dict(base[1]))
        return None if found is None else self._descend(*found, frozenset(), 0)

    def _descend(
        self, asked: _Asked, model: Model, closed: frozenset[Literal], depth: int
    ) -> Model | None:
        if depth > _DEEPEST:
            raise StepLimit
        clause = self._broken(model)
        if clause is None:
            return model
        for way in clause:
            if len(way) == 1 and way[0] in closed:
                continue
            found = self._extended(asked, model, way)
            if found is not None:
                deeper = self._descend(*found, closed, depth + 1)
                if deeper is not None:
                    return deeper
            if len(way) == 1:
                # Nothing gets through with it, so it need not be tried further down.
                closed = closed | {way[0]}
        return None

    def _broken(self, model: Model) -> Clause | None:
        """A clause that the request does not meet, the one with the fewest ways first."""
        spent = 0
        for clause in self.clauses:
            for way in clause:
                spent += len(way)
                for name, asked in way:
                    if not self._holds(asked, self._value(model, name)):
                        break
                else:
                    break
            else:
                self.steps.spend(spent)
                return clause
        self.steps.spend(spent)
        return None

    def _holds(self, asked: Requirement, value: Value) -> bool:
        # By identity, which is quick to look up; the requirement is kept beside its answers.
        known = self.held.get(id(asked))
        if known is None:
            known = self.held[id(asked)] = (asked, {})
        found = known[1].get(value)
        if found is None:
            self.steps.spend(1 + sum(map(len, value)) // 8)
            found = known[1][value] = asked.holds(value)
        return found

    def _value(self, model: Model, variable: str) -> Value:
        if variable not in model:
            found = self._solved(variable, ())
            model[variable] = found if found is not None else ()
        return model[variable]

    def _extended(self, asked: _Asked, model: Model, way: Sequence[Literal]) -> Begun | None:
        wider, changed = {**asked}, {**model}
        variables: dict[str, None] = {}
        for variable, requirement in way:
            before = wider.get(variable, ())
            variables[variable] = None
            if requirement not in before:
                wider[variable] = (*before, requirement)
        for variable in variables:
            value = self._solved(variable, wider[variable])
            if value is None:
                return None
            changed[variable] = value
        return wider, changed

    def _solved(self, variable: str, asked: tuple[Requirement, ...]) -> Value | None:
        key = (variable, frozenset(asked))
        if key not in self.memo:
            self.memo[key] = self._solved_in(self.domain(variable), asked, key[1])
        return self.memo[key]

    def _solved_in(
        self, domain: Domain, asked: tuple[Requirement, ...], each: frozenset[Requirement]
    ) -> Value | None:
        # Many variables are the same whoever asks for whatever resource.
        key = (domain, each)
        if key in self.solved:
            return self.solved[key]
        found = self.solved[key] = solve(domain, asked, self.steps)
        return found
