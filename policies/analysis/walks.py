"""The shortest text of one space that is in some languages and not in others.

Nothing is sampled: the walk through the product of the automata ends with a text or with
the proof that there is none, or at a bound that is counted in steps.
"""

from __future__ import annotations

import itertools
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

from policies.analysis.patterns import Language, Pattern, union

# A step is one automaton reading one character, or one look at what a value has to meet. What
# people write takes a few thousand; this many, for one guardrail, about a tenth of a second.
STEP_LIMIT: Final = 30_000
# Steps that it takes to begin a walk, for each language in it.
_TO_BEGIN: Final = 10
# Steps that each letter costs beside those of the languages that read it.
_TO_STEP: Final = 1
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


@dataclass(frozen=True, slots=True, eq=False)
class Space:
    """The texts that one variable of a request can be: `prefix`, then a text of `tail`.

    `examples` are whole texts of the space that people know, tried before any other; with
    `complete` there are no others. With `limits`, `tail` tells a slash from any other letter.
    """

    prefix: str
    tail: Language
    examples: tuple[str, ...] = ()
    limits: Limits | None = None
    # What else a text must match, as `StringLike` does.
    within: tuple[Pattern, ...] = ()
    complete: bool = False
    # Answers, each with the steps that it took: an answer must not depend on earlier ones.
    _memo: dict[object, tuple[str | None, int]] = field(default_factory=dict, repr=False)
    # Where languages are once they have read the prefix.
    _begun: dict[Language, int] = field(default_factory=dict, repr=False)

    def begun(self, language: Language) -> int:
        found = self._begun.get(language)
        if found is None:
            if len(self._begun) >= _REMEMBERED:
                self._begun.clear()
            found = self._begun[language] = language.after(self.prefix)
        return found


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
    asked = _Asked(space, inside, outside, steps)
    found = asked.first(space.examples)
    if found is None and not space.complete:
        found = asked.first(_briefest(space, inside)) or _walked(space, inside, outside, steps)
    if len(space._memo) >= _REMEMBERED:
        space._memo.clear()
    space._memo[key] = found, before - steps.left
    return found


class _Asked:
    """What is asked of a text of a space."""

    def __init__(
        self, space: Space, inside: Sequence[Language], outside: Sequence[Language], steps: Steps
    ) -> None:
        self._space = space
        self._steps = steps
        self._languages = [(one, space.begun(one), True) for one in inside]
        self._languages += [(one, space.begun(one), False) for one in outside]

    def first(self, texts: Iterable[str]) -> str | None:
        """The first of some texts of the space that is as asked."""
        for text in texts:
            self._steps.spend(len(self._languages))
            tail = text[len(self._space.prefix) :]
            for language, begun, wanted in self._languages:
                if bool(language.after(tail, begun) & language.accepting) is not wanted:
                    break
            else:
                return text
        return None


def _briefest(space: Space, inside: Sequence[Language]) -> Iterator[str]:
    """Texts of the space than which none of the first language is shorter.

    If one of them is as asked, it is what a walk would find, at many times the cost.
    """
    if not inside:
        return
    found = inside[0].briefest(space.begun(inside[0]))
    for tail in sorted(found, key=lambda text: [_rank(letter) for letter in text]):
        admitted = space.limits is None or space.limits.admits(tail)
        if admitted and space.tail.after(tail) & space.tail.accepting:
            yield space.prefix + tail


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
        self._languages = (*self._required, *self._barred)
        self._count = len(self._required)
        self._steps = steps
        steps.spend(_TO_BEGIN * (len(self._required) + len(self._barred)))
        # All but the space's own.
        self._patterns = self._languages[1:]
        self._by_tail: dict[int, Sequence[str]] = {}
        self._start = (space.tail.start, *map(space.begun, self._patterns))

    @cached_property
    def _letters(self) -> tuple[str, ...]:
        """Where no pattern says which letters lead on; many walks need none of these."""
        told = frozenset[str]().union(*(one.letters for one in self._patterns))
        return _alphabet(self._required[0], told)

    def run(self, limits: Limits | None) -> str | None:
        if not self._alive(self._start):
            return None
        if self._accepts(self._start):
            return ""
        first = (self._start, 0, 0)
        seen = {first}
        queue = deque([(first, "")])
        while queue:
            (state, path, name), text = queue.popleft()
            for letter in self._letters_at(state):
                after = self._step(state, letter)
                if after is None:
                    continue
                counted = _count(limits, path, name, letter)
                if counted is None:
                    continue
                node = (after, *counted)
                if node in seen:
                    continue
                # Nodes are met in the order of their texts' lengths, so no other is shorter.
                longer = text + letter
                if self._accepts(after) and (limits is None or limits.admits(longer)):
                    return longer
                seen.add(node)
                queue.append((node, longer))
        return None

    def _letters_at(self, state: _State) -> Sequence[str]:
        """The letters that are worth a step: most places of a pattern read but one."""
        among: frozenset[str] | None = None
        for language, at in zip(self._required[1:], state[1:], strict=False):
            only = language.only(at)
            if only is not None:
                self._steps.spend()
                among = only if among is None else among & only
        if among is None:
            return self._read_by_tail(state[0])
        return sorted(among, key=_rank) if len(among) > 1 else tuple(among)

    def _read_by_tail(self, at: int) -> Sequence[str]:
        found = self._by_tail.get(at)
        if found is None:
            only = self._required[0].only(at)
            letters = self._letters
            found = letters if only is None else [one for one in letters if one in only]
            self._by_tail[at] = found
        return found

    def _step(self, state: _State, letter: str) -> _State | None:
        after: list[int] = []
        steps = _TO_STEP
        for language, at in zip(self._languages, state, strict=True):
            steps += 1
            reached = language.step(at, letter)
            required = len(after) < self._count
            if not reached if required else reached & language.forever:
                self._steps.spend(steps)
                return None
            # What has settled is the same, however it came to: nodes meet sooner.
            after.append(language.settled if reached & language.forever else reached)
        self._steps.spend(steps)
        return tuple(after)

    def _alive(self, state: _State) -> bool:
        count = self._count
        barred = zip(self._barred, state[count:], strict=True)
        return all(state[:count]) and not any(at & one.forever for one, at in barred)

    def _accepts(self, state: _State) -> bool:
        for index, language in enumerate(self._languages):
            if bool(state[index] & language.accepting) is (index >= self._count):
                return False
        return True


@lru_cache(maxsize=_REMEMBERED)
def _alphabet(tail: Language, told: frozenset[str]) -> tuple[str, ...]:
    """Each letter that some pattern tells apart, and one fresh one per class of letters.

    Any other letter behaves in every automaton as one of these does.
    """
    classes: dict[tuple[int, int], str] = {}
    for letter in sorted(tail.letters - told, key=_rank):
        classes.setdefault(tail.reading(letter), letter)
    other = next(one for one in _endless() if one not in told and one not in tail.letters)
    fresh = sorted(classes.values(), key=_rank)
    beyond = (other,) if any(tail.reading(other)) else ()
    return (*fresh, *beyond, *sorted(told, key=_rank))


def _endless() -> Iterator[str]:
    """Letters, more than any policy can name."""
    return itertools.chain(_READABLE, map(chr, range(ord("À"), sys.maxunicode)))


_RANKS: Final = {letter: at for at, letter in enumerate(_READABLE)}


def _rank(letter: str) -> tuple[int, str]:
    return (_RANKS.get(letter, len(_READABLE)), letter)


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
