"""Wildcard patterns against one concrete text.

Source: IAM User Guide, "Using wildcards": `*` is any run of characters, `?` exactly one.
A pattern is a tuple of tokens, so that a character put in by a policy variable, or
written as `${*}`, stays a plain character.
"""

from __future__ import annotations

import enum
from functools import lru_cache
from typing import Final


class Wildcard(enum.Enum):
    TEXT = "*"
    CHARACTER = "?"

    # Patterns are hashed all the time; the members are what they are by identity.
    __hash__ = object.__hash__


Tokens = tuple[str | Wildcard, ...]
_WILDCARDS: Final = {wildcard.value: wildcard for wildcard in Wildcard}


def literal(text: str) -> Tokens:
    return tuple(text)


# Few patterns meet many requests.
@lru_cache(maxsize=20_000)
def pattern(text: str) -> Tokens:
    return tuple(_WILDCARDS.get(character, character) for character in text)


@lru_cache(maxsize=20_000)
def matches(tokens: Tokens, text: str) -> bool:
    """Whether the whole text is one that the pattern describes."""
    at = position = 0
    # Where to go on when the text after the latest `*` turns out not to fit.
    resume: tuple[int, int] | None = None
    while position < len(text):
        token = tokens[at] if at < len(tokens) else None
        if token is Wildcard.TEXT:
            at += 1
            resume = (at, position)
        elif token is Wildcard.CHARACTER or token == text[position]:
            at += 1
            position += 1
        elif resume is not None:
            # The latest `*` takes one more character; earlier ones never need to.
            at, position = resume[0], resume[1] + 1
            resume = (at, position)
        else:
            return False
    return all(token is Wildcard.TEXT for token in tokens[at:])


def components(tokens: Tokens) -> tuple[Tokens, ...]:
    """The parts of an ARN pattern between its first five colons; six where it is complete."""
    parts: list[Tokens] = []
    start = 0
    for index, character in enumerate(tokens):
        if character == ":" and len(parts) < 5:
            parts.append(tokens[start:index])
            start = index + 1
    return (*parts, tokens[start:])


def matches_by_component(parts: tuple[Tokens, ...], arn: str) -> bool:
    """Whether each of the six components matches the ARN's, no wildcard crossing a colon."""
    actual = arn.split(":", 5)
    return len(parts) == len(actual) == 6 and all(
        matches(part, text) for part, text in zip(parts, actual, strict=True)
    )
