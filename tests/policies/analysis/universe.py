"""A small world in which every request can be tried, and policies made of its texts."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from policies.analysis.document import parse
from policies.analysis.guardrail import Guardrail, Parameters
from policies.analysis.hierarchy import Level, Levels
from policies.analysis.subject import Subject
from policies.analysis.verdict import Request

ACCOUNT: Final = "222222222222"
SUBJECT: Final = Subject(
    ACCOUNT,
    "aws",
    "o-exampleorg1",
    "111111111111",
    "o-exampleorg1/r-ab12/ou-ab12-11111111/",
    datetime(2026, 1, 1, tzinfo=UTC),
)
FULL_ACCESS: Final = (
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
)
ACTIONS: Final = ("cloudtrail:StopLogging", "iam:UpdateAccountPasswordPolicy", "iam:DeleteRole")
_TRAIL: Final = f"arn:aws:cloudtrail:{{}}:{ACCOUNT}:trail/{{}}"
RESOURCES: Final = {
    "cloudtrail:StopLogging": tuple(
        _TRAIL.format(region, name)
        for region in ("eu-west-1", "us-east-1")
        for name in ("main", "aux")
    ),
    "iam:UpdateAccountPasswordPolicy": ("*",),
    "iam:DeleteRole": tuple(
        f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("InfoSecAudit", "InfoSec", "InfoSec/x")
    ),
}
PRINCIPALS: Final = (
    f"arn:aws:iam::{ACCOUNT}:root",
    f"arn:aws:iam::{ACCOUNT}:user/ann",
    f"arn:aws:iam::{ACCOUNT}:user/ops/bob",
    f"arn:aws:iam::{ACCOUNT}:role/Admin",
    f"arn:aws:iam::{ACCOUNT}:role/AdminOps",
    f"arn:aws:iam::{ACCOUNT}:role/x/InfoSecA",
    f"arn:aws:sts::{ACCOUNT}:federated-user/eve",
)
REGIONS: Final = ("eu-west-1", "us-east-1", "us-west-2")
_CONTEXT: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "aws:PrincipalTag/team": ((), ("red",), ("blue",), ("Red",)),
    "aws:MultiFactorAuthPresent": ((), ("true",), ("false",)),
    "aws:SourceIp": ((), ("10.0.0.1",), ("192.0.2.9",)),
    "aws:MultiFactorAuthAge": ((), ("10",), ("4000",)),
    "aws:TagKeys": ((), ("a",), ("b",), ("a", "b")),
    "aws:SecureTransport": (("true",), ("false",)),
    "aws:CurrentTime": (("2026-02-01T00:00:00Z",), ("2027-06-01T00:00:00Z",)),
}
GUARDRAIL: Final = Guardrail(
    id="small",
    number=0,
    title="",
    rationale="",
    actions={
        "cloudtrail:StopLogging": ("arn:${Partition}:cloudtrail:${Region}:${Account}:trail/*",),
        "iam:UpdateAccountPasswordPolicy": (),
        "iam:DeleteRole": ("arn:${Partition}:iam::${Account}:role/InfoSec*",),
    },
    also={},
    parameters=Parameters(),
    parameter_names=(),
    reference_scp="",
)


def requests() -> Iterator[Request]:
    """Every request of the world on one key of the context at a time, and some on two."""
    keys = list(_CONTEXT)
    always = {"aws:SecureTransport": ("true",), "aws:CurrentTime": ("2026-02-01T00:00:00Z",)}
    pairs = [*itertools.combinations(keys, 2)]
    for action in ACTIONS:
        for resource, principal in itertools.product(RESOURCES[action], PRINCIPALS):
            regions = REGIONS if action.startswith("cloudtrail") else ("us-east-1",)
            for region in regions:
                fixed = {
                    "aws:RequestedRegion": (region,),
                    "aws:PrincipalOrgID": ("o-exampleorg1",),
                    "aws:PrincipalOrgPaths": (SUBJECT.organization_path,),
                    "aws:ResourceAccount": (ACCOUNT,),
                }
                for one, other in pairs:
                    for a, b in itertools.product(_CONTEXT[one], _CONTEXT[other]):
                        chosen = {**always, one: a, other: b}
                        context = {**fixed, **{k: v for k, v in chosen.items() if v}}
                        yield Request(action, resource, principal, context)


ALL_REQUESTS: Final = tuple(requests())

_ACTION_PATTERNS: Final = (
    "*",
    "iam:*",
    "cloudtrail:*",
    "cloudtrail:StopLogging",
    "cloudtrail:Stop*",
    "iam:Delete*",
    "IAM:updateaccountpasswordpolicy",
    "iam:*Password*",
    "iam:DeleteRole",
    "cloudtrail:?topLogging",
)
_RESOURCE_PATTERNS: Final = (
    "*",
    "*",
    "*",
    "arn:aws:cloudtrail:*:*:trail/*",
    "arn:aws:cloudtrail:eu-*:*:trail/*",
    "arn:aws:cloudtrail:us-*:*:trail/main",
    "arn:aws:iam::*:role/InfoSec*",
    "arn:aws:iam::*:role/*",
    f"arn:aws:iam::{ACCOUNT}:role/InfoSec",
    "arn:aws:s3:::*",
    "arn:aws:iam::*",
    "arn:*",
    "arn:aws:iam::333333333333:role/*",
)
_CONDITIONS: Final[tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...]] = (
    (
        ("StringLike", "StringNotLike", "ArnLike", "ArnNotLike", "ArnEquals", "StringEquals"),
        "aws:PrincipalArn",
        (
            "arn:aws:iam::*:role/InfoSec*",
            "arn:aws:iam::*:role/Admin*",
            "arn:aws:iam::*:role/*Ops",
            "arn:aws:iam::*:root",
            "arn:aws:iam::*:user/*",
            "arn:aws:sts::*:federated-user/*",
            "*",
            "arn:aws:iam::${aws:PrincipalAccount}:role/*",
            f"arn:aws:iam::{ACCOUNT}:role/Admin",
        ),
    ),
    (
        (
            "StringEquals",
            "StringNotEquals",
            "StringLike",
            "StringNotLike",
            "StringEqualsIfExists",
            "StringNotEqualsIfExists",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
        ),
        "aws:PrincipalTag/team",
        ("red", "blue", "r*", "*", "${aws:username}"),
    ),
    (
        ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike"),
        "aws:RequestedRegion",
        ("eu-west-1", "us-east-1", "eu-*", "us-*", "*"),
    ),
    (("Bool", "BoolIfExists"), "aws:MultiFactorAuthPresent", ("true", "false")),
    (("Bool",), "aws:SecureTransport", ("true", "false")),
    (("Null",), "aws:MultiFactorAuthPresent", ("true", "false")),
    (("Null",), "aws:PrincipalTag/team", ("true", "false")),
    (
        ("IpAddress", "NotIpAddress", "IpAddressIfExists"),
        "aws:SourceIp",
        ("10.0.0.0/8", "192.0.2.0/24", "0.0.0.0/0", "::/0"),
    ),
    (
        (
            "NumericLessThan",
            "NumericGreaterThanEquals",
            "NumericNotEquals",
            "NumericLessThanIfExists",
        ),
        "aws:MultiFactorAuthAge",
        ("10", "3600", "4000"),
    ),
    (
        (
            "ForAnyValue:StringEquals",
            "ForAllValues:StringEquals",
            "ForAnyValue:StringNotEquals",
            "ForAllValues:StringNotLike",
            "StringEquals",
            "ForAllValues:StringLike",
        ),
        "aws:TagKeys",
        ("a", "b", "*"),
    ),
    (("DateLessThan", "DateGreaterThan"), "aws:CurrentTime", ("2026-06-01T00:00:00Z",)),
    (("StringEquals", "StringNotEquals"), "aws:PrincipalAccount", (ACCOUNT, "333333333333")),
    (("StringLike", "StringNotLike", "StringEquals"), "aws:username", ("ann", "b*", "*")),
    (("StringEquals", "StringNotEquals"), "aws:PrincipalType", ("User", "AssumedRole", "Account")),
    (("StringEquals", "StringNotEquals"), "aws:PrincipalOrgID", ("o-exampleorg1", "o-other")),
    (("ForAnyValue:StringLike",), "aws:PrincipalOrgPaths", ("o-exampleorg1/r-ab12/*", "o-x/*")),
    (("Bool",), "aws:PrincipalIsAWSService", ("true", "false")),
    (("StringFoo",), "aws:PrincipalArn", ("x",)),
)


def some_statement(chance: random.Random, effect: str) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": effect}
    few = 1 if chance.random() < 0.6 else 2
    negated = chance.random() < 0.15
    statement["NotAction" if negated else "Action"] = chance.sample(_ACTION_PATTERNS, few)
    negated = chance.random() < 0.2
    statement["NotResource" if negated else "Resource"] = chance.sample(_RESOURCE_PATTERNS, few)
    conditions: dict[str, dict[str, list[str]]] = {}
    for _ in range(chance.choice((0, 0, 1, 1, 1, 2))):
        operators, key, values = chance.choice(_CONDITIONS)
        chosen = chance.sample(values, min(len(values), chance.choice((1, 1, 2))))
        conditions.setdefault(chance.choice(operators), {})[key] = chosen
    if conditions:
        statement["Condition"] = conditions
    return statement


def some_policy(chance: random.Random, effect: str, statements: int) -> str:
    made = [some_statement(chance, effect) for _ in range(statements)]
    return json.dumps({"Version": "2012-10-17", "Statement": made})


def levels_of(*attached: list[str]) -> Levels:
    """Levels with these policies, a policy's id being its place."""
    return tuple(
        Level(
            f"target-{index}",
            tuple(
                statement
                for at, content in enumerate(contents)
                for statement in parse(f"p-{index}{at}", content)
            ),
        )
        for index, contents in enumerate(attached)
    )


def some_levels(chance: random.Random) -> Levels:
    """Mostly full access with Denies; sometimes a level that allows but some."""
    levels: list[list[str]] = []
    for _ in range(chance.choice((1, 2))):
        contents = [FULL_ACCESS]
        if chance.random() < 0.25:
            contents = [some_policy(chance, "Allow", chance.choice((1, 2)))]
        contents += [
            some_policy(chance, "Deny", chance.choice((1, 2, 3)))
            for _ in range(chance.choice((0, 1, 2)))
        ]
        levels.append(contents)
    return levels_of(*levels)
