"""SCPs within AWS's quotas, each made to be hard for a prover in its own way.

Ten policies of up to 10,240 characters at each of seven levels.
Source: AWS Organizations User Guide, "Quotas and service limits".
"""

import json
import random
from collections.abc import Callable, Iterator
from typing import Any, Final

from policies.analysis.document import MAX_CHARACTERS, parse
from policies.analysis.hierarchy import Level, Levels

LEVELS: Final = 7
SCPS_EACH: Final = 10
ACCOUNT: Final = "222222222222"
FULL_ACCESS: Final = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_TRAIL: Final = "arn:aws:cloudtrail:*:*:trail/"
_ROLE: Final = "arn:aws:iam::*:role/"
_REGIONS: Final = ("us-east-1", "eu-west-1", "eu-central-1", "us-west-2", "ap-southeast-2")
_BLOCKED: Final = ("iam:*", "cloudtrail:*", "s3:Put*", "organizations:*")
Statement = dict[str, Any]


def document(statements: list[Statement]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))


def filled(statements: Iterator[Statement], *start: Statement) -> str:
    """A policy of as many of the statements as fit."""
    taken = list(start)
    size = len(document(taken))
    for one in statements:
        size += len(json.dumps(one, separators=(",", ":"))) + 1
        if size > MAX_CHARACTERS:
            break
        taken.append(one)
    return document(taken)


def deny(condition: Statement | None = None, **rest: Any) -> Statement:
    made: Statement = {"Effect": "Deny", "Action": list(_BLOCKED), **(rest or {"Resource": "*"})}
    return {**made, "Condition": condition} if condition else made


def _word(chance: random.Random, length: int = 4) -> str:
    return "".join(chance.choice("abc") for _ in range(length))


def overlapping_exemptions(chance: random.Random) -> Iterator[Statement]:
    """Each Deny exempts roles by several wildcards, which overlap with those of the others."""
    while True:
        names = [f"{_ROLE}*{_word(chance, 2)}*{_word(chance, 2)}*" for _ in range(6)]
        yield deny({"StringNotLike": {"aws:PrincipalArn": names}})


def keys_in_conjunction(chance: random.Random) -> Iterator[Statement]:
    """Each Deny asks for six of twelve keys at once: any of them is a way out."""
    while True:
        keys = chance.sample([f"aws:PrincipalTag/k{number}" for number in range(12)], 6)
        operators = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike")
        condition: dict[str, dict[str, str]] = {}
        for key in keys:
            condition.setdefault(chance.choice(operators), {})[key] = _word(chance, 1)
        yield deny(condition)


def closing_together(chance: random.Random) -> Iterator[Statement]:
    """Each Deny closes one value of one key; none but all of them together close it."""
    number = chance.randrange(100_000)
    while True:
        number += 1
        key = f"aws:PrincipalTag/k{number % 3}"
        yield deny({"StringEquals": {key: f"v{number % 997}"}})
        yield deny({"StringNotLike": {key: "v*"}, "StringLike": {f"{key}x": f"*{number}*"}})


def allow_lists(chance: random.Random) -> Iterator[Statement]:
    """Each level allows by many statements that each ask for another tag and Region."""
    while True:
        condition = {
            "StringLike": {f"aws:PrincipalTag/{_word(chance, 2)}": f"*{_word(chance)}*"},
            "StringEquals": {"aws:RequestedRegion": chance.choice(_REGIONS)},
            "StringNotLike": {"aws:PrincipalArn": f"{_ROLE}*{_word(chance, 2)}*"},
        }
        yield {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}


def long_wildcards(chance: random.Random) -> Iterator[Statement]:
    """Names of a given form that no short automaton tells: `?*?*a?*b?…`."""
    while True:
        form = "".join(chance.choice(("?", "*", "?*", "a", "b")) for _ in range(200))
        yield deny({"StringNotLike": {"aws:PrincipalArn": f"{_ROLE}{form}"}})


def far_apart(chance: random.Random) -> Iterator[Statement]:
    """A letter so many places before the end: what makes automata grow exponentially."""
    while True:
        form = f"*{chance.choice('ab')}{'?' * chance.randrange(10, 40)}"
        key = chance.choice(("aws:PrincipalArn", "aws:PrincipalTag/team"))
        operator = chance.choice(("StringLike", "StringNotLike"))
        yield deny({operator: {key: form}})


def everything_but(chance: random.Random) -> Iterator[Statement]:
    """NotAction and NotResource: each Deny leaves out others' actions and some resources."""
    while True:
        yield {
            "Effect": "Deny",
            "NotAction": [f"service{chance.randrange(99)}:*", "iam:Get*", "s3:List*"],
            "NotResource": [
                f"{_ROLE}*{_word(chance, 3)}*",
                f"{_TRAIL}*{_word(chance, 3)}*",
                f"arn:aws:s3:::{_word(chance)}*",
            ],
        }


def policy_variables(chance: random.Random) -> Iterator[Statement]:
    """Values and resources with variables, resolved and not."""
    names = ("aws:PrincipalAccount", "aws:username", "aws:PrincipalTag/team", "aws:PrincipalOrgID")
    while True:
        variable = f"${{{chance.choice(names)}}}"
        values = [f"{_ROLE.replace('*', variable)}*{_word(chance, 2)}*" for _ in range(4)]
        yield deny(
            {"StringNotLike": {"aws:PrincipalArn": values}},
            NotResource=[f"{_ROLE}{variable}/{_word(chance)}*"],
        )


HARD: Final[dict[str, Callable[[random.Random], Iterator[Statement]]]] = {
    "exemptions that overlap": overlapping_exemptions,
    "six keys in each condition": keys_in_conjunction,
    "Denies that close only together": closing_together,
    "allow-lists at each level": allow_lists,
    "long ?*?* names": long_wildcards,
    "a letter far from the end": far_apart,
    "NotAction and NotResource": everything_but,
    "policy variables": policy_variables,
}


def hard_levels(name: str, *, levels: int = LEVELS, policies: int = SCPS_EACH) -> Levels:
    """Levels full of the one kind of statement; nothing else but full access."""
    chance = random.Random(1)
    start = () if HARD[name] is allow_lists else (FULL_ACCESS,)
    return tuple(
        Level(
            f"level-{index}",
            tuple(
                statement
                for at in range(policies)
                for statement in parse(f"p-{index}{at}", filled(HARD[name](chance), *start))
            ),
        )
        for index in range(levels)
    )
