"""Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, `${*}`.

Source: IAM User Guide, "IAM policy elements: Variables and tags".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from policies.analysis.keys import facts_of
from policies.analysis.kleene import Open, opened
from policies.analysis.wildcards import Tokens, literal, pattern

# Keys in lower case.
Context = Mapping[str, tuple[str, ...]]

_VARIABLE: Final = re.compile(r"\$\{([^{}]*)\}")
_NAME: Final = re.compile(r"\s*(?P<key>[^,']*[^,'\s])\s*(?:,\s*'(?P<default>[^']*)'\s*)?")
_PLAIN: Final = ("*", "?", "$")


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A variable whose key the request does not carry, and that has no default."""

    name: str


def substituted(text: str, context: Context, *, wildcards: bool) -> Tokens | Unresolved | Open:
    """The text as a pattern, its variables replaced by what the request carries."""
    read = pattern if wildcards else literal
    tokens: Tokens = ()
    end = 0
    for found in _VARIABLE.finditer(text):
        value = _value(found[1], context)
        if not isinstance(value, str):
            return value
        tokens += read(text[end : found.start()]) + literal(value)
        end = found.end()
    rest = text[end:]
    if "${" in rest:
        return opened(f"`{text}` holds a policy variable that is not closed")
    return tokens + read(rest)


def _value(inner: str, context: Context) -> str | Unresolved | Open:
    if inner in _PLAIN:
        return inner
    parts = _NAME.fullmatch(inner)
    if parts is None:
        return opened(f"`${{{inner}}}` is no policy variable that AWS describes")
    key, default = parts["key"], parts["default"]
    values = context.get(key.lower(), ())
    if not values and default is None:
        return Unresolved(key)
    if len(values) > 1 or (values and facts_of(key).multivalued):
        return opened(f"`{key}` has several values, so AWS admits it in no policy variable")
    return _plain(key, values[0] if values else default)


def _plain(key: str, value: str) -> str | Open:
    if not value:
        return opened(f"AWS does not say whether an empty `{key}` is a value")
    if "*" in value or "?" in value:
        return opened(f"AWS does not say whether a wildcard in the value of `{key}` acts as one")
    return value
