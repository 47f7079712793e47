"""Policy JSON to statements, with errors that name the place.

Source: IAM User Guide, "Grammar of the IAM JSON policy language"; AWS Organizations User
Guide, "SCP syntax" (no Principal, no NotPrincipal, at most 10,240 characters).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from policies.analysis.operators import parse_operator
from policies.analysis.statement import Condition, Statement
from policies.analysis.verdict import Effect

MAX_CHARACTERS: Final = 10_240
_VERSIONS: Final = ("2008-10-17", "2012-10-17")
_POLICY_KEYS: Final = frozenset(["Version", "Id", "Statement"])
_STATEMENT_KEYS: Final = frozenset(
    ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"]
)


class DocumentError(ValueError):
    """Why a text is no SCP, in one sentence that names policy and place."""


def parse(policy_id: str, content: str) -> tuple[Statement, ...]:
    """The statements of an SCP; raises nothing but `DocumentError`."""
    try:
        return tuple(_statements(policy_id, _load(content)))
    except _Problem as problem:
        raise DocumentError(f"policy {policy_id}, {problem}") from None


class _Problem(Exception):
    pass


def _load(content: str) -> dict[str, Any]:
    if len(content) > MAX_CHARACTERS:
        size = f"{len(content):,} characters"
        raise _Problem(f"whole document: {size} are more than the {MAX_CHARACTERS:,} of an SCP")
    try:
        document = json.loads(
            content,
            object_pairs_hook=_object,
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as error:
        raise _Problem(f"line {error.lineno} column {error.colno}: not JSON: {error.msg}") from None
    except RecursionError:
        raise _Problem("whole document: nested too deeply") from None
    if not isinstance(document, dict):
        raise _Problem("whole document: must be an object")
    return document


class _Number(str):
    """A number as it was written, since IAM compares texts: 5 is "5", and no digit is lost."""

    __slots__ = ()


def _constant(name: str) -> object:
    raise _Problem(f"{name}: is no value that JSON knows")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in pairs:
        _legible(key)
        if key in made:
            raise _Problem(f"key {_shown(key)}: stands twice in one object")
        made[key] = value
    return made


def _legible(text: str) -> str:
    """Half a character and NUL can be escaped in JSON, but neither sent on nor stored."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise _Problem(f"text {_shown(text)}: holds a character that no policy can hold")
    return text


def _shown(value: object) -> str:
    """A value as JSON, on one line and short enough for a sentence."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    text = json.dumps(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


def _statements(policy_id: str, document: dict[str, Any]) -> Iterator[Statement]:
    _only(document, _POLICY_KEYS, "is no element of a policy")
    version = document.get("Version", _VERSIONS[0])
    if version not in _VERSIONS:
        raise _Problem(f"Version: must be one of {', '.join(_VERSIONS)}, not {_shown(version)}")
    found = document.get("Statement")
    statements = found if isinstance(found, list) else [found]
    if found is None or not statements:
        raise _Problem("Statement: is missing")
    for index, statement in enumerate(statements):
        try:
            yield _statement(policy_id, index, statement, variables=version == _VERSIONS[1])
        except _Problem as problem:
            raise _Problem(f"statement {index}, {problem}") from None


def _only(found: dict[str, Any], admitted: frozenset[str], complaint: str) -> None:
    for key in found:
        if key not in admitted:
            raise _Problem(f"{_shown(key)[1:-1]}: {complaint}")


def _statement(policy_id: str, index: int, statement: object, *, variables: bool) -> Statement:
    if not isinstance(statement, dict):
        raise _Problem("whole statement: must be an object")
    _only(statement, _STATEMENT_KEYS, "is no element of an SCP's statement")
    effect = statement.get("Effect")
    if effect not in tuple(Effect):
        raise _Problem(f'Effect: must be "Allow" or "Deny", not {_shown(effect)}')
    actions, not_action = _either(statement, "Action", "NotAction")
    resources, not_resource = _either(statement, "Resource", "NotResource")
    return Statement(
        policy_id=policy_id,
        index=index,
        sid=_sid(statement.get("Sid")),
        effect=Effect(effect),
        actions=tuple(action.lower() for action in actions),
        not_action=not_action,
        resources=resources,
        not_resource=not_resource,
        conditions=_conditions(statement.get("Condition", {})),
        variables=variables,
    )


def _sid(found: object) -> str | None:
    if found is None or (isinstance(found, str) and not isinstance(found, _Number)):
        return None if found is None else _legible(found)
    raise _Problem(f"Sid: must be a text, not {_shown(found)}")


def _either(statement: dict[str, Any], name: str, negated: str) -> tuple[tuple[str, ...], bool]:
    if name in statement and negated in statement:
        raise _Problem(f"{negated}: can't stand beside {name}")
    key = negated if negated in statement else name
    if key not in statement:
        raise _Problem(f"{name}: is missing")
    values = _texts(key, statement[key])
    if not values:
        raise _Problem(f"{key}: must name something")
    return values, key == negated


def _texts(place: str, found: object) -> tuple[str, ...]:
    values = found if isinstance(found, list) else [found]
    return tuple(_text(place, value) for value in values)


def _text(place: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _legible(str(value))
    raise _Problem(f"{place}: must be a text or a list of texts, not {_shown(value)}")


def _conditions(found: object) -> tuple[Condition, ...]:
    if not isinstance(found, dict):
        raise _Problem(f"Condition: must be an object, not {_shown(found)}")
    return tuple(
        condition for name, keys in found.items() for condition in _of_operator(name, keys)
    )


def _of_operator(name: str, keys: object) -> Iterator[Condition]:
    place = f"Condition.{_shown(name)[1:-1]}"
    if not isinstance(keys, dict):
        raise _Problem(f"{place}: must be an object, not {_shown(keys)}")
    operator = parse_operator(name)
    times = Counter(key.lower() for key in keys)
    for key, values in keys.items():
        texts = _texts(f"{place}.{_shown(key)[1:-1]}", values)
        condition = operator.condition(key.lower(), texts)
        # AWS does not say whether spellings of one key are joined, or one of them is lost.
        yield condition if times[key.lower()] == 1 else replace(condition, known=False)
