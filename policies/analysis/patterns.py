"""Wildcard patterns as languages, and the shortest text that some match and others do not.

A pattern is compiled to a small automaton whose state is a bit mask of positions, so a
question about several patterns is a walk through the product of their automata. Nothing
is sampled: the walk ends with a text, or with the proof that there is none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

# Letters that may stand where a pattern leaves the choice, the most readable first.
NAME_CHARACTERS: Final = "xabcdefghijklmnopqrstuvwyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.@=,+"
STEP_LIMIT: Final = 200_000


class StepLimit(Exception):
    """The walk would take more steps than are allowed; the question stays open."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """`*` is any text, `?` any one character; without `wildcards` all is literal.

    With `segments` a wildcard before the fifth colon does not match a colon, so that each
    component of an ARN is compared on its own. Source: IAM User Guide, "ARN condition
    operators". With `free` a wildcard matches those characters only.
    """

    text: str
    segments: bool = False
    wildcards: bool = True
    free: str = ""

    def start(self) -> int:
        return _compiled(self).close(1)

    def step(self, positions: int, character: str) -> int:
        return _compiled(self).step(positions, character)

    def accepts(self, positions: int) -> bool:
        return bool(positions >> len(_compiled(self).tokens) & 1)

    def matches(self, text: str) -> bool:
        positions = self.start()
        for character in text:
            positions = self.step(positions, character)
            if not positions:
                return False
        return self.accepts(positions)

    @property
    def everything(self) -> bool:
        """Whether the pattern is made of `*` alone."""
        return self.wildcards and bool(self.text) and not self.text.strip("*")

    def literals(self) -> set[str]:
        return {one for one, star, any_ in _compiled(self).tokens if not star and not any_}


# A position of a pattern: a literal character, whether it repeats (`*`), whether it is a
# wildcard; for a wildcard the first field holds the characters that it does not match.
_Token = tuple[str, bool, bool]


@dataclass(frozen=True, slots=True)
class _Automaton:
    tokens: tuple[_Token, ...]
    free: str

    def close(self, positions: int) -> int:
        """Add the positions reached by letting a `*` match nothing."""
        for index, (_, star, _any) in enumerate(self.tokens):
            if star and positions >> index & 1:
                positions |= 1 << (index + 1)
        return positions

    def step(self, positions: int, character: str) -> int:
        after = 0
        for index, (letter, star, wildcard) in enumerate(self.tokens):
            if not positions >> index & 1:
                continue
            if wildcard:
                if character not in letter and (not self.free or character in self.free):
                    after |= 1 << (index if star else index + 1)
            elif character == letter:
                after |= 1 << (index + 1)
        return self.close(after)


@lru_cache(maxsize=50_000)
def _compiled(pattern: Pattern) -> _Automaton:
    tokens: list[_Token] = []
    colons = 0
    for character in pattern.text:
        if pattern.wildcards and character in "*?":
            barred = ":" if pattern.segments and colons < 5 else ""
            tokens.append((barred, character == "*", True))
        else:
            colons += character == ":"
            tokens.append((character, False, False))
    if pattern.segments and colons < 5:
        # Not an ARN of six components: matches nothing, which no text can reach.
        tokens.append(("", False, False))
    return _Automaton(tuple(tokens), pattern.free)


def shortest(
    within: Pattern,
    all_of: Iterable[Pattern] = (),
    none_of: Iterable[Pattern] = (),
    *,
    steps: int = STEP_LIMIT,
) -> str | None:
    """A shortest text of `within` that matches each of `all_of` and none of `none_of`.

    None is the proof that no such text exists; raises `StepLimit`.
    """
    required = [within, *dict.fromkeys(all_of)]
    barred = list(dict.fromkeys(none_of))
    patterns = (*required, *barred)
    letters = _letters(patterns, within.free or NAME_CHARACTERS)
    start = tuple(one.start() for one in patterns)
    seen = {start}
    queue: deque[tuple[tuple[int, ...], str]] = deque([(start, "")])
    while queue:
        state, text = queue.popleft()
        accepted = [one.accepts(at) for one, at in zip(patterns, state, strict=True)]
        if all(accepted[: len(required)]) and not any(accepted[len(required) :]):
            return text
        for letter in letters:
            after = tuple(one.step(at, letter) for one, at in zip(patterns, state, strict=True))
            if all(after[: len(required)]) and after not in seen:
                steps -= 1
                if steps < 0:
                    raise StepLimit
                seen.add(after)
                queue.append((after, text + letter))
    return None


def _letters(patterns: Sequence[Pattern], free: str) -> list[str]:
    """Every literal of the patterns, and one free character that is a literal of none.

    Any other character behaves in every pattern as that one does, so none needs a step.
    """
    literals = set().union(*(one.literals() for one in patterns)) - {""}
    fresh = [next((one for one in free if one not in literals), "")]
    readable = sorted(literals, key=lambda one: (one not in free, free.find(one), one))
    return [*filter(None, fresh), *readable]
