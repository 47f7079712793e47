"""A world so small that every request of it can be tried, yet with one of every kind.

The policies that are judged in it are made of its vocabulary alone. Each variable has at
least one value for every way in which the vocabulary tells values apart, so an answer for
all requests of the world is one for all requests there are.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from policies.analysis.hierarchy import Levels
from policies.analysis.wildcards import matches, pattern
from tests.policies.analysis.universe import ACCOUNT
from tests.policies.analysis.writing import EVERYTHING, levels

_IAM: Final = f"arn:aws:iam::{ACCOUNT}:"
_TRAIL: Final = f"arn:aws:cloudtrail:{{}}:{ACCOUNT}:trail/{{}}"
_FRAGMENTS: Final = ("Admin", "Ops", "InfoSec", "x", "b", "ob", "ann", "ed")
_NAMES: Final = (*_FRAGMENTS, *map("".join, itertools.product(_FRAGMENTS, repeat=2)))
_PATHS: Final = ("", "x/", "b/", "Admin/", "InfoSec/", "Ops/")
_REGIONS: Final = (
    *("eu-west-1", "eu-north-1", "eu-north-2", "us-east-1", "us-east-2", "us-west-1", "us-west-2"),
    *("ap-south-1", "ap-south-2"),
)
RESOURCES: Final[Mapping[str, tuple[str, ...]]] = {
    "cloudtrail:StopLogging": tuple(
        _TRAIL.format(region, name) for region in _REGIONS for name in ("main", "mainly", "aux")
    ),
    "iam:UpdateAccountPasswordPolicy": ("*",),
    "iam:DeleteRole": tuple(
        f"{_IAM}role/{name}"
        for name in ("InfoSecAudit", "InfoSec", "InfoSec/x", "InfoSecOps", "InfoSec/Ops")
    ),
}
_Values = tuple[tuple[str, ...], ...]


def _single(*values: str) -> _Values:
    """The key is absent, or has one of the values."""
    return ((), *((one,) for one in values))


_LETTERS: Final = ("a", "b", "ab", "c", "cd")
# Before the organization was read: by AWS's clock it may still be that day.
YESTERDAY: Final = "2025-12-31"
# What the vocabulary tells apart of each key that can be chosen freely.
KEYS: Final[Mapping[str, _Values]] = {
    "aws:principaltag/team": _single(
        *("red", "rex", "rose", "blue", "green", "RED", "rED", "reD", "Blue")
    ),
    "aws:multifactorauthpresent": _single("true", "false"),
    "aws:multifactorauthage": _single("9", "10", "11", "3600", "3601", "4000", "4001"),
    "aws:securetransport": (("true",), ("false",)),
    "aws:sourceip": _single("10.0.0.1", "10.0.0.2", "192.0.2.9", "8.8.8.8", "2001:db8::1"),
    "aws:tagkeys": tuple(
        one for count in range(6) for one in itertools.combinations(_LETTERS, count)
    ),
    "aws:currenttime": tuple(
        (f"{day}T00:00:00Z",)
        for day in (YESTERDAY, "2026-01-01", "2026-06-30", "2027-01-01", "2027-01-02")
    ),
    "aws:requestedregion": tuple((one,) for one in _REGIONS),
}
_ARNS: Final = (
    "arn:aws:iam::*:role/InfoSec*",
    "arn:aws:iam::*:role/Admin*",
    "arn:aws:iam::*:role/*Ops",
    "arn:aws:iam::*:role/*/*",
    "arn:aws:iam::*:root",
    "arn:aws:iam::*:user/*",
    "arn:aws:iam::*:user/???",
    "arn:*:sts::*:federated-user/*",
    f"arn:aws:iam::{ACCOUNT}:*",
    "arn:aws:iam::${aws:PrincipalAccount}:role/*",
    "arn:aws:iam::333333333333:*",
    f"arn:aws:iam::{ACCOUNT}:role/Admin",
    f"arn:aws:iam::{ACCOUNT}:role/Admin*",
)
_OTHER_ARNS: Final = ("*", "arn:*:role/*", "*Ops")
_USERNAMES: Final = ("ann", "b*", "*", "?ob", "Ops")


def told_apart(arn: str) -> tuple[bool, ...]:
    """What the vocabulary tells of a principal by its ARN."""
    name = arn.rpartition("/")[2] if ":user/" in arn else ""
    return (
        *(matches(pattern(one), arn) for one in (*_ARNS, *_OTHER_ARNS)),
        *(matches(pattern(one), name) for one in _USERNAMES),
        *(f":{kind}" in arn for kind in ("user", "role", "federated-user", "root")),
    )


def _principals() -> Iterator[str]:
    """All are in scope: roles whose path and name begin with `InfoSec` are exempt."""
    yield f"{_IAM}root"
    for path, name in itertools.product(_PATHS, _NAMES):
        yield f"{_IAM}user/{path}{name}"
        if not f"{path}{name}".startswith("InfoSec"):
            yield f"{_IAM}role/{path}{name}"
    for name in _NAMES:
        if len(name) > 1:
            yield f"arn:aws:sts::{ACCOUNT}:federated-user/{name}"


# One of each sort.
PRINCIPALS: Final = tuple({told_apart(one): one for one in _principals()}.values())
_SETS: Final = ("", "ForAnyValue:", "ForAllValues:")


def _operators(
    *names: str, sets: Sequence[str] = ("",), endings: Sequence[str] = ("", "IfExists")
) -> tuple[str, ...]:
    return tuple(f"{one}{name}{end}" for one in sets for name in names for end in endings)


_EQUAL: Final = ("StringEquals", "StringNotEquals")
_LIKE: Final = (*_EQUAL, "StringLike", "StringNotLike")
_ANY_CASE: Final = ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase")
_ORDER: Final = (
    "Equals",
    "NotEquals",
    "LessThan",
    "LessThanEquals",
    "GreaterThan",
    "GreaterThanEquals",
)
_NUMBERS: Final = tuple(f"Numeric{one}" for one in _ORDER)
_DATES: Final = tuple(f"Date{one}" for one in _ORDER)
_ARN: Final = ("ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals")
# Operators, the key, and values that they compare with.
VOCABULARY: Final = (
    (_operators(*_LIKE, *_ARN), "aws:PrincipalArn", _ARNS),
    (_operators(*_LIKE, *_ARN, sets=_SETS), "aws:principalARN", _ARNS),
    (("StringLike", "StringNotLike"), "aws:PrincipalArn", _OTHER_ARNS),
    (_operators(*_LIKE, *_ANY_CASE), "aws:PrincipalTag/team", ("red", "blue", "r*", "re?", "*")),
    (
        _operators(*_LIKE, *_ANY_CASE, sets=_SETS),
        "aws:PrincipalTag/team",
        ("red", "blue", "r*", "re?", "*"),
    ),
    (_operators(*_EQUAL, sets=_SETS[1:]), "aws:TagKeys", ("a", "b")),
    (
        _operators("StringLike", "StringNotLike", sets=_SETS[1:]),
        "aws:TagKeys",
        ("a", "a*", "?", "*"),
    ),
    (
        _operators(*_LIKE),
        "aws:RequestedRegion",
        ("eu-west-1", "us-east-1", "us-west-2", "eu-*", "us-*", "*-1", "*"),
    ),
    (_operators("Bool", sets=_SETS), "aws:MultiFactorAuthPresent", ("true", "false")),
    (("Bool",), "aws:SecureTransport", ("true", "false")),
    (_operators(*_NUMBERS), "aws:MultiFactorAuthAge", ("10", "3600", "4000")),
    (_operators(*_DATES), "aws:CurrentTime", ("2026-01-01", "2027-01-01T00:00:00Z")),
    (_operators(*_DATES), "aws:EpochTime", ("1767225600", "2027-01-01T00:00:00Z")),
    (
        _operators("IpAddress", "NotIpAddress"),
        "aws:SourceIp",
        ("10.0.0.0/8", "10.0.0.1", "192.0.2.0/24", "0.0.0.0/0", "::/0"),
    ),
    *(
        (("Null",), key, ("true", "false"))
        for key in (
            *("aws:PrincipalTag/team", "aws:MultiFactorAuthPresent", "aws:TagKeys"),
            *("aws:PrincipalArn", "aws:username", "aws:SourceIp", "aws:MultiFactorAuthAge"),
        )
    ),
    (_operators(*_EQUAL), "aws:PrincipalAccount", (ACCOUNT, "333333333333", "*")),
    (_operators(*_LIKE), "aws:username", _USERNAMES),
    (_operators(*_EQUAL), "aws:PrincipalType", ("User", "AssumedRole", "Account", "FederatedUser")),
    (_operators(*_EQUAL), "aws:PrincipalOrgID", ("o-exampleorg1", "o-other")),
    (
        _operators("StringLike", "StringNotLike", sets=_SETS[1:]),
        "aws:PrincipalOrgPaths",
        ("o-exampleorg1/r-ab12/*", "o-x/*"),
    ),
    (_operators(*_EQUAL), "aws:ResourceAccount", (ACCOUNT, "333333333333")),
    (("Bool",), "aws:PrincipalIsAWSService", ("true", "false")),
    (("StringEquals", "StringNotEquals"), "aws:SourceAccount", (ACCOUNT,)),
    (("StringResembles", "ForAnyValue:Null"), "aws:PrincipalArn", ("x",)),
)
# Of these AWS leaves more open than the prover looks into: its answer may be none.
ODD: Final = (
    *VOCABULARY,
    (_operators(*_EQUAL), "aws:TagKeys", ("a", "b")),
    (("NumericEquals", "Bool", "IpAddress", "DateLessThan"), "aws:PrincipalTag/team", ("1", "red")),
    (("BinaryEquals",), "aws:PrincipalTag/team", ("cmVk",)),
    (_LIKE, "aws:PrincipalTag/team", ("${aws:username}", "${aws:PrincipalTag/team}", "${*}")),
    (_ARN, "aws:PrincipalArn", ("*", "arn:*", "arn:aws:iam::*:role/${aws:username}")),
    (_ANY_CASE, "aws:username", ("ANN",)),
    (_NUMBERS, "aws:EpochTime", ("1767225600",)),
)
ACTION_PATTERNS: Final = (
    *("*", "iam:*", "cloudtrail:*", "cloudtrail:StopLogging", "cloudtrail:Stop*", "iam:Delete*"),
    *("IAM:updateaccountpasswordpolicy", "iam:*Password*", "iam:DeleteRole", "s3:*"),
    *("cloudtrail:?topLogging", "iam:?", "*:DeleteRole", "?am:*"),
)
RESOURCE_PATTERNS: Final = (
    *("*", "*", "*", "**", "arn:aws:cloudtrail:*:*:trail/*", "arn:aws:cloudtrail:eu-*:*:trail/*"),
    *("arn:aws:cloudtrail:us-*:*:trail/main", "arn:aws:cloudtrail:*:*:trail/main*"),
    *("arn:aws:iam::*:role/InfoSec*", "arn:aws:iam::*:role/*", f"{_IAM}role/InfoSec"),
    *("arn:aws:s3:::*", "arn:aws:iam::333333333333:role/*", "arn:aws:iam::*:role/*Ops"),
    *(
        "arn:*:iam::${aws:PrincipalAccount}:role/*",
        "arn:aws:iam::*:role/InfoSec/?",
        "arn:*:*:*:*:*",
    ),
    *("arn:aws:iam::*:role/${*}",),
)


def some_condition(chance: random.Random, vocabulary: Sequence[Any]) -> tuple[str, str, list[str]]:
    operators, key, values = chance.choice(vocabulary)
    chosen = chance.sample(values, min(len(values), chance.choice((1, 1, 2, 3))))
    return chance.choice(operators), key, chosen


def some_statement(chance: random.Random, effect: str, vocabulary: Sequence[Any]) -> dict[str, Any]:
    few = chance.choice((1, 1, 2))
    action = chance.choice(("Action",) * 6 + ("NotAction",))
    resource = chance.choice(("Resource",) * 4 + ("NotResource",))
    conditions: dict[str, dict[str, list[str]]] = {}
    for _ in range(chance.choice((0, 1, 1, 1, 2))):
        operator, key, values = some_condition(chance, vocabulary)
        conditions.setdefault(operator, {})[key] = values
    return {
        "Effect": effect,
        action: chance.sample(ACTION_PATTERNS, few),
        resource: chance.sample(RESOURCE_PATTERNS, few),
        "Condition": conditions,
    }


def some_levels(chance: random.Random, vocabulary: Sequence[Any] = VOCABULARY) -> Levels:
    """One to three levels that speak of few keys, so that all their requests can be tried."""
    vocabulary = chance.sample(vocabulary, chance.choice((1, 2, 3)))
    attached = []
    for _ in range(chance.choice((1, 2, 3))):
        allows = [EVERYTHING]
        if chance.random() < 0.3:
            count = chance.choice((0, 1, 2, 2))
            allows = [some_statement(chance, "Allow", vocabulary) for _ in range(count)]
        count = chance.choice((0, 1, 2, 3))
        denies = [some_statement(chance, "Deny", vocabulary) for _ in range(count)]
        attached.append([*allows, *denies])
    return levels(*attached)
