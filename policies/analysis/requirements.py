"""What a statement asks of one variable of a request, and what falsifies it."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from policies.analysis.patterns import Language


class Quantifier(enum.Enum):
    """Of how many values of a key something is asked."""

    ANY = "any"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts inside a language, or outside of it."""

    language: Language
    inside: bool = True

    def contains(self, value: str) -> bool:
        return self.language.matches(value) is self.inside

    def complement(self) -> Texts:
        if self.language is _NO_TEXT:
            # There is one of each, known by identity.
            return EVERYTHING if self.inside else NOTHING
        return Texts(self.language, not self.inside)


@dataclass(frozen=True, slots=True)
class Cases:
    """Values of a type whose values fall into finitely many cases.

    `samples` has one value of each case that `test` tells apart, the bounds among them.
    """

    test: Callable[[str], bool]
    samples: tuple[str, ...]
    inside: bool = True

    def contains(self, value: str) -> bool:
        return self.test(value) is self.inside

    def complement(self) -> Cases:
        return Cases(self.test, self.samples, not self.inside)


Values = Texts | Cases
_NO_TEXT: Final = Language(())
NOTHING: Final = Texts(_NO_TEXT, inside=True)
EVERYTHING: Final = Texts(_NO_TEXT, inside=False)


@dataclass(frozen=True, slots=True, eq=False)
class Requirement:
    """`absent` tells whether an absent key meets it.

    A variable with one value reads both quantifiers alike.
    """

    absent: bool
    values: Values
    quantifier: Quantifier = Quantifier.ALL
    # Both are asked for so often that they are kept, and the first settles most comparisons.
    _hash: int = field(init=False, compare=False, repr=False)
    _negated: Requirement | None = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        found = hash((self.absent, self.values, self.quantifier is Quantifier.ALL))
        object.__setattr__(self, "_hash", found)
        object.__setattr__(self, "_negated", None)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Requirement) or self._hash != other._hash:
            return False
        same = self.absent is other.absent and self.quantifier is other.quantifier
        return same and self.values == other.values

    @property
    def always(self) -> bool:
        """Whether each value meets it, and absence too."""
        return self.absent and self.values is EVERYTHING

    @property
    def never(self) -> bool:
        """Whether nothing meets it."""
        return not self.absent and self.values is NOTHING

    def holds(self, actual: tuple[str, ...]) -> bool:
        """`actual` is empty for an absent key."""
        if not actual:
            return self.absent
        if len(actual) == 1:
            return self.values.contains(actual[0])
        if self.quantifier is Quantifier.ALL:
            return all(self.values.contains(one) for one in actual)
        return any(self.values.contains(one) for one in actual)

    def negated(self) -> Requirement:
        if self._negated is not None:
            return self._negated
        other = Quantifier.ANY if self.quantifier is Quantifier.ALL else Quantifier.ALL
        made = Requirement(not self.absent, self.values.complement(), other)
        object.__setattr__(self, "_negated", made)
        return made


ALWAYS: Final = Requirement(absent=True, values=EVERYTHING)
NEVER: Final = Requirement(absent=False, values=NOTHING)
PRESENT: Final = Requirement(absent=False, values=EVERYTHING)
ABSENT: Final = Requirement(absent=True, values=NOTHING)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a statement: what it asks of one variable.

    `surely` holds in every reading of AWS's documentation, `possibly` in some; `doubt`
    is a clause on what they differ by, empty where they do not. `words` say the part as
    a policy writes it. `sent` is the same, asked of a variable that settles this one in
    every request that AWS certainly sends.
    """

    variable: str
    surely: Requirement
    possibly: Requirement
    doubt: str = ""
    words: str = ""
    sent: Part | None = None
