"""Requests near to what policies speak of: of their own patterns and values, and beside them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Final

from policies.analysis.hierarchy import Levels
from policies.analysis.statement import Statement
from policies.analysis.verdict import Request
from tests.policies.analysis.universe import ACCOUNT, PRINCIPALS, RESOURCES, SUBJECT

_FILLS: Final = ("", "x", "Ops", "a/b", "InfoSec", "1", "eu")
_VARIABLES: Final = {"${aws:PrincipalAccount}": ACCOUNT, "${aws:username}": "ann", "${*}": "*"}


def near(text: str, chance: random.Random) -> str:
    """A text that a pattern matches, or one that misses it by a character."""
    for variable, value in _VARIABLES.items():
        text = text.replace(variable, value)
    made = "".join(
        chance.choice(_FILLS) if one == "*" else chance.choice("xA1") if one == "?" else one
        for one in text
    )
    if chance.random() < 0.3 and made:
        at = chance.randrange(len(made))
        made = made[:at] + chance.choice(("", "x", "-", made[at].swapcase())) + made[at + 1 :]
    return made


def requests_near(
    levels: Levels, actions: Sequence[str], chance: random.Random, count: int
) -> Iterator[Request]:
    """Requests with these actions; principals, resources and keys as the policies name them."""
    statements = [one for level in levels for one in level.statements]
    values: dict[str, list[str]] = {}
    for one in statements:
        for condition in one.conditions:
            values.setdefault(condition.key, []).extend(condition.values)
    for _ in range(count):
        action = chance.choice(actions)
        yield Request(
            action,
            _resource(action, statements, chance),
            _principal(values.get("aws:principalarn", []), chance),
            {**_FIXED, **_context(action, values, chance)},
        )


_FIXED: Final = {
    "aws:PrincipalOrgID": (SUBJECT.organization_id,),
    "aws:PrincipalOrgPaths": (SUBJECT.organization_path,),
    "aws:ResourceAccount": (ACCOUNT,),
}
# These follow from the principal, the account or the action.
_SETTLED: Final = (
    *("aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:username"),
    *("aws:principalorgid", "aws:principalorgpaths", "aws:principalisawsservice"),
)
_ALWAYS: Final = {
    "aws:requestedregion": ("eu-west-1", "us-east-1"),
    "aws:securetransport": ("true", "false"),
    "aws:currenttime": ("2026-05-31T23:59:59Z", "2026-06-01T00:00:00Z", "2026-06-01T00:00:01Z"),
}
_BESIDE: Final = {
    "aws:multifactorauthage": ("9", "10", "11", "3599", "3600", "3601", "4000"),
    "aws:multifactorauthpresent": ("true", "false"),
    "aws:sourceip": ("10.0.0.0", "10.255.255.255", "11.0.0.0", "192.0.2.255", "2001:db8::1"),
}


def _resource(action: str, statements: Sequence[Statement], chance: random.Random) -> str:
    known = RESOURCES[action]
    kind = known[0].rpartition(":")[2].partition("/")[0]
    named = [text for one in statements for text in one.resources if f":{kind}/" in text]
    if kind == "*" or not named or chance.random() < 0.4:
        return chance.choice(known)
    tail = near(chance.choice(named).partition(f":{kind}/")[2], chance)
    head = chance.choice(known).partition(f":{kind}/")[0]
    # Names that AWS would take, within the guardrail's scope.
    name = "".join(one for one in tail if one.isalnum() or one in "-._/").strip("/-._") or "main"
    if kind == "role":
        return f"{head}:{kind}/{name if name.startswith('InfoSec') else f'InfoSec{name}'}"
    return f"{head}:{kind}/{name.replace('/', '')}xyz"


def _principal(patterns: Sequence[str], chance: random.Random) -> str:
    kinds = (":role/", ":user/")
    named = [one for one in patterns if any(kind in one for kind in kinds)]
    if not named or chance.random() < 0.4:
        return chance.choice(PRINCIPALS)
    pattern = chance.choice(named)
    kind = next(one for one in kinds if one in pattern)
    tail = near(pattern.partition(kind)[2], chance)
    name = "".join(one for one in tail if one.isalnum() or one in "-._/").strip("/")
    return f"arn:aws:iam::{ACCOUNT}{kind}{name or 'x'}"


def _context(
    action: str, values: dict[str, list[str]], chance: random.Random
) -> dict[str, tuple[str, ...]]:
    context: dict[str, tuple[str, ...]] = {
        key: (chance.choice(known),) for key, known in _ALWAYS.items()
    }
    for key, known in values.items():
        if key in _SETTLED or chance.random() < 0.3:
            continue
        count = chance.choice((1, 2)) if key == "aws:tagkeys" else 1
        beside = _BESIDE.get(key) or _ALWAYS.get(key)
        chosen = [
            chance.choice(beside) if beside else near(chance.choice(known), chance)
            for _ in range(count)
        ]
        if all(chosen):
            context[key] = tuple(dict.fromkeys(chosen))
    if action.startswith("iam:"):
        context["aws:requestedregion"] = ("us-east-1",)
    return context
