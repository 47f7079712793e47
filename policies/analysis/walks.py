"""The shortest text of one space that is in some languages and not in others.

Nothing is sampled: the walk through the product of the automata ends with a text or with
the proof that there is none, or at a bound that is counted in steps.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from policies.analysis.patterns import Language, Pattern, union

# A step is one automaton reading one character, or one look at what a value has to meet. What
# people write takes a few thousand; this many, for one guardrail, about a tenth of a second.
STEP_LIMIT: Final = 60_000
# Steps that it takes to begin a walk, for each language in it.
_TO_BEGIN: Final = 10
# Answers that a space remembers, so that memory stays bounded in a process that lives long.
_REMEMBERED: Final = 5_000
# Letters that may stand where the languages leave the choice, the most readable first.
_READABLE: Final = (
    "xabcdefghijklmnopqrstuvwyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.@=,+"
    "!\"#$%&'();<>[\\]^`{|}~/*?: "
)


class StepLimit(Exception):
    """The search would take more steps than are allowed; the question stays open."""


@dataclass(slots=True)
class Steps:
    """What a search may still spend."""

    left: int = STEP_LIMIT

    def spend(self, count: int = 1) -> None:
        self.left -= count
        if self.left < 0:
            raise StepLimit


@dataclass(frozen=True, slots=True)
class Limits:
    """How long names and paths may be: each path's part up to its last slash, and the rest."""

    path: int
    name: int

    def admits(self, tail: str) -> bool:
        path, slash, name = tail.rpartition("/")
        return len(path + slash) <= self.path and len(name) <= self.name


@dataclass(frozen=True, slots=True)
class Space:
    """The texts that one variable of a request can be: `prefix`, then a text of `tail`.

    `examples` are whole texts of the space that people know, tried before any other.
    """

    prefix: str
    tail: Language
    examples: tuple[str, ...] = ()
    limits: Limits | None = None
    # What else a text must match, as `StringLike` does.
    within: tuple[Pattern, ...] = ()
    # Answers, each with the steps that it took: an answer must not depend on earlier ones.
    _memo: dict[object, tuple[str | None, int]] = field(
        default_factory=dict, compare=False, repr=False
    )
    # Where languages are once they have read the prefix.
    _begun: dict[Language, int] = field(default_factory=dict, compare=False, repr=False)

    def __hash__(self) -> int:
        return id(self)

    def begun(self, language: Language) -> int:
        found = self._begun.get(language)
        if found is None:
            if len(self._begun) >= _REMEMBERED:
                self._begun.clear()
            found = self._begun[language] = language.after(self.prefix)
        return found

    def contains(self, text: str) -> bool:
        if not text.startswith(self.prefix):
            return False
        tail = text[len(self.prefix) :]
        if self.limits is not None and not self.limits.admits(tail):
            return False
        return self.tail.matches(tail) and all(union((one,)).matches(text) for one in self.within)


def shortest(
    space: Space, inside: Sequence[Language], outside: Sequence[Language], steps: Steps
) -> str | None:
    """An example, else a shortest text of the space in all of `inside`, none of `outside`.

    None is the proof that there is no such text; raises `StepLimit`.
    """
    inside = (*inside, *(union((one,)) for one in space.within))
    key = (frozenset(inside), frozenset(outside))
    if key in space._memo:
        found, cost = space._memo[key]
        steps.spend(cost)
        return found
    before = steps.left
    found = _example(space, inside, outside, steps) or _walked(space, inside, outside, steps)
    if len(space._memo) >= _REMEMBERED:
        space._memo.clear()
    space._memo[key] = found, before - steps.left
    return found


def _example(
    space: Space, inside: Sequence[Language], outside: Sequence[Language], steps: Steps
) -> str | None:
    for text in space.examples:
        steps.spend(len(inside) + len(outside))
        if all(one.matches(text) for one in inside) and not any(
            one.matches(text) for one in outside
        ):
            return text
    return None


def _walked(
    space: Space, inside: Sequence[Language], outside: Sequence[Language], steps: Steps
) -> str | None:
    """First as if names had no limit of length: without counting, the walk is far shorter."""
    walk = _Walk(space, inside, outside, steps)
    found = walk.run(None)
    if found is not None and space.limits is not None and not space.limits.admits(found):
        found = walk.run(space.limits)
    return None if found is None else space.prefix + found


_State = tuple[int, ...]


class _Walk:
    def __init__(
        self, space: Space, inside: Sequence[Language], outside: Sequence[Language], steps: Steps
    ) -> None:
        self._required = (space.tail, *dict.fromkeys(inside))
        self._barred = tuple(dict.fromkeys(outside))
        self._steps = steps
        steps.spend(_TO_BEGIN * (len(self._required) + len(self._barred)))
        self._letters = self._alphabet(space.tail)
        others = (*self._required[1:], *self._barred)
        self._start = (space.tail.start, *map(space.begun, others))

    def _alphabet(self, tail: Language) -> list[str]:
        """Each letter that some pattern tells apart, and one fresh one per class of letters.

        Any other letter behaves in every automaton as one of these does.
        """
        told = frozenset[str]().union(
            *(one.letters for one in (*self._required[1:], *self._barred))
        )
        classes: dict[tuple[int, int], str] = {}
        for letter in sorted(tail.letters - told, key=_rank):
            classes.setdefault(tail.reading(letter), letter)
        fresh = [*classes.values()]
        other = next((one for one in _READABLE if one not in told and one not in tail.letters), "")
        return [*sorted(fresh, key=_rank), *filter(None, [other]), *sorted(told, key=_rank)]

    def run(self, limits: Limits | None) -> str | None:
        if not self._alive(self._start):
            return None
        first = (self._start, 0, 0)
        seen = {first}
        queue = deque([(first, "")])
        while queue:
            (state, path, name), text = queue.popleft()
            if self._accepts(state) and (limits is None or limits.admits(text)):
                return text
            for letter in self._letters:
                after = self._step(state, letter)
                if after is None:
                    continue
                counted = _count(limits, path, name, letter)
                if counted is None:
                    continue
                node = (after, *counted)
                if node not in seen:
                    seen.add(node)
                    queue.append((node, text + letter))
        return None

    def _step(self, state: _State, letter: str) -> _State | None:
        after: list[int] = []
        count = len(self._required)
        for index, language in enumerate(self._required):
            at = language.step(state[index], letter)
            if not at:
                self._steps.spend(index + 1)
                return None
            after.append(at)
        for index, language in enumerate(self._barred):
            at = language.step(state[count + index], letter)
            if at & language.forever:
                self._steps.spend(count + index + 1)
                return None
            after.append(at)
        self._steps.spend(len(after))
        return tuple(after)

    def _alive(self, state: _State) -> bool:
        count = len(self._required)
        barred = zip(self._barred, state[count:], strict=True)
        return all(state[:count]) and not any(at & one.forever for one, at in barred)

    def _accepts(self, state: _State) -> bool:
        count = len(self._required)
        return all(
            at & one.accepting for one, at in zip(self._required, state, strict=False)
        ) and not any(
            at & one.accepting for one, at in zip(self._barred, state[count:], strict=True)
        )


def _rank(letter: str) -> tuple[int, str]:
    at = _READABLE.find(letter)
    return (at if at >= 0 else len(_READABLE), letter)


def _count(limits: Limits | None, path: int, name: int, letter: str) -> tuple[int, int] | None:
    """Lengths of the path and of what follows it, after one more letter."""
    if limits is None:
        return (0, 0)
    if letter == "/":
        path, name = path + name + 1, 0
    else:
        name += 1
    if path > limits.path or path + name > limits.path + limits.name:
        return None
    return (path, name)
