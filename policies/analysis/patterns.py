"""Wildcard patterns as languages.

A language is compiled to an automaton whose state is a bit mask of places, so a question
about several languages is a walk through the product of their automata (`walks`).
Sources: IAM User Guide, "Condition operators" (`StringLike`, `ArnLike`) and "Resource".
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final


class Wildcard(enum.Enum):
    TEXT = "*"
    CHARACTER = "?"


# A pattern whose plain characters can't be mistaken for wildcards.
Pattern = tuple[str | Wildcard, ...]
_WILDCARDS: Final = {one.value: one for one in Wildcard}
_COLON: Final = frozenset(":")


def wild(text: str) -> Pattern:
    return tuple(_WILDCARDS.get(character, character) for character in text)


def plain(text: str) -> Pattern:
    return tuple(text)


def is_everything(pattern: Pattern) -> bool:
    """Whether the pattern is made of `*` alone."""
    return bool(pattern) and all(one is Wildcard.TEXT for one in pattern)


class Place:
    """One place of an automaton: what it reads, and whether it may do so again."""

    __slots__ = ("but", "characters", "repeats")

    def __init__(
        self,
        characters: frozenset[str] | None,
        but: frozenset[str] = frozenset(),
        *,
        repeats: bool = False,
    ) -> None:
        # None is any character.
        self.characters = characters
        self.but = but
        self.repeats = repeats


class Language:
    """The texts that any one of some sequences of places reads to its end."""

    __slots__ = ("_advance", "_loop", "_other", "_skip", "accepting", "forever", "letters", "start")

    def __init__(self, sequences: Iterable[tuple[Place, ...]]) -> None:
        places: list[Place | None] = []
        self.start = self.accepting = self._skip = self.forever = 0
        for sequence in sequences:
            self.start |= 1 << len(places)
            places.extend(sequence)
            self.accepting |= 1 << len(places)
            if sequence and _reads_all(sequence[-1]):
                # Whatever follows, the text stays in the language.
                self.forever |= 1 << (len(places) - 1)
            places.append(None)
        for index, place in enumerate(places):
            if place is not None and place.repeats:
                self._skip |= 1 << index
        self.start = self._skipping(self.start)
        self._advance = _table(places)
        self._other = self._advance.pop("")
        self.letters = frozenset(self._advance)

    def step(self, at: int, character: str) -> int:
        advance, loop = self.reading(character)
        return self._skipping((at & loop) | ((at & advance) << 1))

    def reading(self, character: str) -> tuple[int, int]:
        """Equal for characters that no place tells apart."""
        return self._advance.get(character, self._other)

    def _skipping(self, at: int) -> int:
        """Add the places reached by letting what may repeat read nothing."""
        while True:
            after = at | ((at & self._skip) << 1)
            if after == at:
                return at
            at = after

    def matches(self, text: str) -> bool:
        at = self.start
        for character in text:
            at = self.step(at, character)
            if not at:
                return False
        return bool(at & self.accepting)


def _reads_all(place: Place) -> bool:
    return place.repeats and place.characters is None and not place.but


def _table(places: Sequence[Place | None]) -> dict[str, tuple[int, int]]:
    """By letter the places that read it and go on, and those that read it and stay.

    Under the empty text stand those of any letter that no place names.
    """
    named = {
        letter
        for one in places
        if one is not None
        for letter in (*(one.characters or ()), *one.but)
    }
    # By letter: what names it, and what reads all letters but it.
    advance, loop = dict.fromkeys(named, 0), dict.fromkeys(named, 0)
    without = dict.fromkeys(named, 0)
    any_advance = any_loop = 0
    for index, place in enumerate(places):
        bit = 1 << index
        if place is None:
            continue
        if place.characters is not None:
            masks = loop if place.repeats else advance
            for letter in place.characters - place.but:
                masks[letter] |= bit
            continue
        any_loop |= bit if place.repeats else 0
        any_advance |= 0 if place.repeats else bit
        for letter in place.but:
            without[letter] |= bit
    table = {
        letter: (
            advance[letter] | (any_advance & ~without[letter]),
            loop[letter] | (any_loop & ~without[letter]),
        )
        for letter in named
    }
    return {**table, "": (any_advance, any_loop)}


@lru_cache(maxsize=20_000)
def union(patterns: tuple[Pattern, ...]) -> Language:
    """Texts that one of the patterns matches as `StringLike` does."""
    return Language(places(pattern) for pattern in patterns)


@lru_cache(maxsize=20_000)
def by_component(patterns: tuple[Pattern, ...]) -> Language:
    """Texts that one of the patterns matches with each component of an ARN on its own.

    A pattern of fewer than six components matches nothing.
    """
    return Language(
        _arn_places(pattern) for pattern in patterns if pattern.count(":") >= _ARN_COLONS
    )


@lru_cache(maxsize=20_000)
def in_any_case(patterns: tuple[Pattern, ...]) -> Language:
    """Texts that equal one of the patterns but for the case of ASCII letters."""
    return Language(
        tuple(Place(frozenset((str(one).lower(), str(one).upper()))) for one in pattern)
        for pattern in patterns
    )


_ARN_COLONS: Final = 5


def places(
    pattern: Pattern, within: frozenset[str] | None = None, but: frozenset[str] = frozenset()
) -> tuple[Place, ...]:
    """The places of a pattern whose wildcards read characters of `within`, none of `but`."""
    made: list[Place] = []
    for one in pattern:
        if not isinstance(one, Wildcard):
            made.append(Place(frozenset(one)))
        elif one is Wildcard.CHARACTER:
            made.append(Place(within, but))
        elif not (made and made[-1].repeats and made[-1].but == but):
            # Two `*` in a row read what one reads.
            made.append(Place(within, but, repeats=True))
    return tuple(made)


def _arn_places(pattern: Pattern) -> tuple[Place, ...]:
    """Wildcards in the first five components do not read a colon."""
    colons = [index for index, one in enumerate(pattern) if one == ":"]
    last = colons[_ARN_COLONS - 1] + 1
    return places(pattern[:last], but=_COLON) + places(pattern[last:])
