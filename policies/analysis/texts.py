"""Patterns of a policy with the policy variables in them resolved, as far as they can be.

Source: IAM User Guide, "IAM policy elements: Variables and tags".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from policies.analysis.keys import Presence, facts_of
from policies.analysis.patterns import Pattern, Wildcard, plain, wild
from policies.analysis.scene import Scene

_VARIABLE: Final = re.compile(r"\$\{([^{}]*)\}")
_CHARACTERS: Final = ("*", "?", "$")


@dataclass(frozen=True, slots=True)
class Bounded:
    """A text that stands for one pattern, or in doubt for any of a wider one.

    `least` is None where in doubt it stands for nothing. With `absent` a variable in it
    has no value in any request: nothing matches it. With `hollow` it may have none, and
    whether a negated operator or NotResource then holds is in doubt, whatever the value.
    """

    least: Pattern | None
    most: Pattern
    doubt: str = ""
    absent: bool = False
    hollow: bool = False


def resolved(text: str, scene: Scene, *, variables: bool, wildcards: bool) -> Bounded:
    """The pattern that a text of a policy stands for in this scene."""
    read = wild if wildcards else plain
    if not variables or "${" not in text:
        return Bounded(read(text), read(text))
    pattern: Pattern = ()
    doubt, end, absent, hollow = "", 0, False, False
    for found in _VARIABLE.finditer(text):
        pattern += read(text[end : found.start()])
        value = _value(found[1], scene)
        if value is None:
            doubt = f"the portal does not resolve the policy variable `{found[0]}`"
            pattern += (Wildcard.TEXT,)
            presence = _presence(found[1], scene)
            absent = absent or presence is Presence.NEVER
            hollow = hollow or presence is not Presence.ALWAYS
        else:
            pattern += plain(value)
        end = found.end()
    rest = text[end:]
    if "${" in rest:
        doubt = f"`{text}` holds a policy variable that is not closed"
        pattern += (Wildcard.TEXT,)
    else:
        pattern += read(rest)
    return Bounded(None if doubt else pattern, pattern, doubt, absent, hollow)


def variables_in(text: str) -> Iterator[str]:
    """The names of the keys that the policy variables of a text stand for."""
    return (found[1].partition(",")[0].strip() for found in _VARIABLE.finditer(text))


def _presence(inner: str, scene: Scene) -> Presence:
    """Whether requests of the scene give the variable a value; a default has a comma."""
    if "," in inner:
        return Presence.ALWAYS
    return scene.domain(facts_of(inner.strip()).name).presence


def _value(inner: str, scene: Scene) -> str | None:
    """The value of a variable that is the same for all requests of the scene."""
    if inner in _CHARACTERS:
        return inner
    facts = facts_of(inner.strip())
    domain = scene.domain(facts.name)
    if domain.guessed or domain.multivalued or domain.presence is not Presence.ALWAYS:
        return None
    return domain.fixed[0] if domain.fixed else None
