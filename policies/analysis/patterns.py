"""Wildcard patterns as languages.

A language is compiled to an automaton whose state is a bit mask of places, so a question
about several languages is a walk through the product of their automata (`walks`).
Sources: IAM User Guide, "Condition operators" (`StringLike`, `ArnLike`) and "Resource".
"""

from __future__ import annotations

import enum
import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final


class Wildcard(enum.Enum):
    TEXT = "*"
    CHARACTER = "?"

    # Patterns are hashed all the time; the members are what they are by identity.
    __hash__ = object.__hash__


# A pattern whose plain characters can't be mistaken for wildcards.
Pattern = tuple[str | Wildcard, ...]
_WILDCARDS: Final = {one.value: one for one in Wildcard}
_ARN_COLONS: Final = 5
# Answers that an automaton remembers, for each letter and of texts, so that memory stays bounded.
_REMEMBERED: Final = 256


@lru_cache(maxsize=50_000)
def wild(text: str) -> Pattern:
    return tuple([_WILDCARDS.get(character, character) for character in text])


def plain(text: str) -> Pattern:
    return tuple(text)


def is_everything(text: str) -> bool:
    """Whether a pattern is made of `*` alone."""
    return bool(text) and not text.strip("*")


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

    __slots__ = (
        "_advance",
        "_heads",
        "_matched",
        "_moves",
        "_only",
        "_other",
        "_places",
        "_settled",
        "_skip",
        "_source",
        "accepting",
        "forever",
        "letters",
        "start",
    )
    # What is to be compiled.
    _source: tuple[tuple[Pattern, ...], bool] | None

    def __init__(self, sequences: Iterable[tuple[Place, ...]]) -> None:
        places: list[Place | None] = []
        start = accepting = skip = forever = 0
        self._places: tuple[Pattern, ...] = ()
        for sequence in sequences:
            start |= 1 << len(places)
            places.extend(sequence)
            accepting |= 1 << len(places)
            if sequence and _reads_all(sequence[-1]):
                # Whatever follows, the text stays in the language.
                forever |= 1 << (len(places) - 1)
            places.append(None)
        for index, place in enumerate(places):
            if place is not None and place.repeats:
                skip |= 1 << index
        self._set(_table(places), start, accepting, forever, skip=skip)

    @classmethod
    def of(cls, patterns: Iterable[Pattern], *, apart: bool = False) -> Language:
        """Of patterns as they stand; `apart`, no wildcard reads one of the first five colons.

        Each pattern then holds these five. The same as from places, which most languages do
        not need. It is compiled when it is first asked for anything: of SCPs made to be hard
        most are not, and this is where much of the time of judging goes.
        """
        made = cls.__new__(cls)
        made._source = tuple(patterns), apart
        return made

    if not TYPE_CHECKING:  # pragma: no branch

        def __getattr__(self, name: str) -> object:
            """Compiles what has been left to be; threads that do so at once do the same."""
            source = self._source
            if source is not None:
                self._compile(*source)
            return object.__getattribute__(self, name)

    def _compile(self, patterns: tuple[Pattern, ...], apart: bool) -> None:
        self._places = tuple([_without_repeats(one) for one in patterns])
        start = accepting = forever = 0
        advance: defaultdict[str, int] = defaultdict(int)
        any_advance = any_loop = without = 0
        bit = 1
        for pattern in self._places:
            start |= bit
            colons = _ARN_COLONS if apart else 0
            for one in pattern:
                if isinstance(one, str):
                    advance[one] |= bit
                    if colons and one == ":":
                        colons -= 1
                else:
                    without |= bit if colons else 0
                    if one is Wildcard.TEXT:
                        any_loop |= bit
                    else:
                        any_advance |= bit
                bit <<= 1
            accepting |= bit
            if not colons and pattern and pattern[-1] is Wildcard.TEXT:
                forever |= bit >> 1
            bit <<= 1
        table = {letter: (mask | any_advance, any_loop) for letter, mask in advance.items()}
        if without:
            table[":"] = (advance[":"] | any_advance & ~without, any_loop & ~without)
        table[""] = (any_advance, any_loop)
        self._set(table, start, accepting, forever, skip=any_loop)

    def _set(
        self,
        table: dict[str, tuple[int, int]],
        start: int,
        accepting: int,
        forever: int,
        *,
        skip: int,
    ) -> None:
        self._moves: dict[str, dict[int, int]] = {}
        self._matched: dict[str, bool] = {}
        self._heads: dict[str, int] = {}
        self._only: dict[int, frozenset[str] | None] = {}
        self._settled: int | None = None
        self._skip = skip
        self._other = table.pop("")
        self._advance = table
        self.accepting, self.forever = accepting, forever
        self.letters = frozenset(table)
        self.start = self._skipping(start)
        self._source = None

    @property
    def settled(self) -> int:
        """Where the automaton is as good as, once whatever follows stays in the language."""
        if self._settled is None:
            self._settled = self._skipping(self.forever)
        return self._settled

    def step(self, at: int, character: str) -> int:
        moves = self._moves.setdefault(character, {})
        after = moves.get(at)
        if after is None:
            advance, loop = self.reading(character)
            after = self._skipping((at & loop) | ((at & advance) << 1))
            if len(moves) >= _REMEMBERED:
                moves.clear()
            moves[at] = after
        return after

    def only(self, at: int) -> frozenset[str] | None:
        """The letters that lead on from here; None where any letter may, or all but a few."""
        if at not in self._only:
            if len(self._only) >= _REMEMBERED:
                self._only.clear()
            advance, loop = self._other
            self._only[at] = None if at & (advance | loop) else self._leading_on(at)
        return self._only[at]

    def _leading_on(self, at: int) -> frozenset[str]:
        if len(self._places) == 1 and not at & (at - 1):
            # One place, of the only pattern.
            return frozenset(map(str, self._places[0][at.bit_length() - 1 : at.bit_length()]))
        table = self._advance.items()
        return frozenset(one for one, (advance, loop) in table if at & (advance | loop))

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

    def briefest(self, at: int) -> list[str]:
        """The shortest texts that lead from here into the language, where it is plain which.

        Each pattern has one: its letters from the farthest place on. Empty where a pattern has
        others as short, or where the language is not of patterns as they stand.
        """
        found: list[str] = []
        for pattern in self._places:
            places = len(pattern)
            here = at & ((2 << places) - 1)
            at >>= places + 1
            if here:
                rest = pattern[here.bit_length() - 1 :]
                if Wildcard.CHARACTER in rest:
                    return []
                found.append("".join([one for one in rest if isinstance(one, str)]))
        least = min(map(len, found), default=0)
        return [one for one in found if len(one) == least]

    def matches(self, text: str) -> bool:
        found = self._matched.get(text)
        if found is None:
            if len(self._matched) >= _REMEMBERED:
                self._matched.clear()
            found = self._matched[text] = bool(self.after(text) & self.accepting)
        return found

    def after(self, text: str, begun: int | None = None) -> int:
        """Where the automaton is once it has read the text; 0 where nothing can follow.

        From its start, or from where it has `begun` to be.
        """
        if begun is not None:
            return self._read(text, begun)
        # ARNs of one account begin alike, and many are tried.
        head, colon, tail = text.rpartition(":")
        if not colon:
            return self._read(text, self.start)
        at = self._heads.get(head)
        if at is None:
            if len(self._heads) >= _REMEMBERED:
                self._heads.clear()
            at = self._heads[head] = self._read(head + colon, self.start)
        return self._read(tail, at)

    def _read(self, text: str, at: int) -> int:
        skip, reading, other = self._skip, self._advance.get, self._other
        # Where what may repeat stands side by side, one step over it is not enough.
        chained = skip & skip << 1
        for character in text:
            advance, loop = reading(character, other)
            at = (at & loop) | ((at & advance) << 1)
            if not at:
                break
            at |= (at & skip) << 1
            if chained:
                at = self._skipping(at)
        return at


def _without_repeats(pattern: Pattern) -> Pattern:
    """Two `*` in a row read what one reads."""
    star = Wildcard.TEXT
    if pattern.count(star) < 2 or (star, star) not in itertools.pairwise(pattern):
        return pattern
    pairs = zip((None, *pattern), pattern, strict=False)
    return tuple(one for before, one in pairs if one is not star or before is not star)


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
        if place.repeats:
            any_loop |= bit
        else:
            any_advance |= bit
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
    return Language.of(patterns)


@lru_cache(maxsize=20_000)
def by_component(patterns: tuple[Pattern, ...]) -> Language:
    """Texts that one of the patterns matches with each component of an ARN on its own.

    A pattern of fewer than six components matches nothing.
    """
    return Language.of(
        (pattern for pattern in patterns if pattern.count(":") >= _ARN_COLONS), apart=True
    )


@lru_cache(maxsize=20_000)
def in_any_case(patterns: tuple[Pattern, ...]) -> Language:
    """Texts that equal one of the patterns but for the case of ASCII letters."""
    return Language(
        tuple(Place(frozenset((str(one).lower(), str(one).upper()))) for one in pattern)
        for pattern in patterns
    )


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
        elif not (made and made[-1].repeats):
            # Two `*` in a row read what one reads.
            made.append(Place(within, but, repeats=True))
    return tuple(made)
