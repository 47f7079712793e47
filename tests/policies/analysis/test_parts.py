"""Parts of statements: never surer than the evaluator, which reads them for one request."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from policies.analysis.kleene import Open, Truth, all_of
from policies.analysis.operators import OPERATORS
from policies.analysis.parts import condition_parts, resource_parts
from policies.analysis.requirements import Part
from policies.analysis.scene import RESOURCE, Scene
from policies.analysis.spaces import Kind
from policies.analysis.statement import Statement
from policies.analysis.targets import resource_truth
from policies.analysis.truth import truth_of
from policies.analysis.variables import Context
from tests.policies.analysis.universe import ACCOUNT, SUBJECT
from tests.policies.analysis.writing import deny, statements

FIXED: Context = {
    "aws:principalaccount": (ACCOUNT,),
    "aws:principaltype": ("AssumedRole",),
    "aws:userid": ("red",),
    "aws:useragent": ("a",),
}
USER = f"arn:aws:iam::{ACCOUNT}:user/"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/"
TRAIL = "arn:${Partition}:cloudtrail:${Region}:${Account}:trail/*"


def scene(kind: Kind = Kind.ROLE, template: str | None = None, *, colons: bool = False) -> Scene:
    return Scene("cloudtrail" if template == TRAIL else "iam", template, kind, SUBJECT, colons)


def written(**rest: Any) -> Statement:
    (found,) = statements(deny(**rest))
    return found


def check(parts: tuple[Part, ...], given: Context, truth: Truth) -> None:
    """`truth`: what the evaluator says of the request that carries what is given."""
    surely = all(one.surely.holds(given.get(one.variable, ())) for one in parts)
    possibly = all(one.possibly.holds(given.get(one.variable, ())) for one in parts)
    told = (given, [one.words for one in parts], truth)
    assert possibly or truth is False, told
    assert not surely or truth is True, told
    if not any(one.doubt for one in parts):
        assert surely is possibly, told
        assert not isinstance(truth, Open), told


def operators() -> Iterator[str]:
    for name in sorted(OPERATORS - {"Null"}):
        for prefix, suffix in itertools.product(
            ("", "ForAnyValue:", "ForAllValues:"), ("", "IfExists")
        ):
            yield f"{prefix}{name}{suffix}"
    yield "Null"


# Values of a policy, and those of requests, of keys of each type.
KEYS: dict[str, tuple[list[list[str]], list[tuple[str, ...]]]] = {
    "aws:PrincipalTag/team": (
        [["red"], ["r*", "bl?e"], ["${aws:PrincipalAccount}"], ["x${aws:username}"], ["true"]],
        [
            ("red",),
            ("xred",),
            ("RED",),
            ("blue",),
            ("bl?e",),
            (ACCOUNT,),
            ("x",),
            ("r*",),
            ("true",),
        ],
    ),
    "aws:TagKeys": (
        [["a"], ["a", "b"], ["a*"], ["${aws:UserAgent}"]],
        [("a",), ("b",), ("a", "b"), ("a*",), ("a", "x"), ("x", "y")],
    ),
    "aws:PrincipalArn": (
        [
            [f"{ROLE}Admin"],
            [f"{ROLE}${{aws:userid}}"],
            ["arn:aws:iam::*:role/*"],
            [f"{ROLE}*min"],
            ["arn:aws:iam::*"],
            ["*"],
        ],
        [(f"{ROLE}Admin",), (f"{ROLE}x/Admin",), (f"{ROLE}Other",), (f"{ROLE}red",)],
    ),
    "aws:SecureTransport": ([["true"], ["false"], ["true", "false"]], [("true",), ("false",)]),
    "aws:MultiFactorAuthAge": ([["10"], ["5", "20"], ["x"]], [("10",), ("7",), ("30",)]),
    "aws:TokenIssueTime": (
        [["2026-01-01T00:00:00Z"]],
        [("2026-01-01T00:00:00Z",), ("2025-01-01T00:00:00Z",), ("2027-01-01T00:00:00Z",)],
    ),
    "aws:SourceIp": ([["10.0.0.0/8"], ["10.0.0.1", "::1"]], [("10.0.0.1",), ("192.0.2.9",)]),
    "custom:Key": ([["a"], ["true"]], [("a",), ("b",), ("a", "b")]),
}


@pytest.mark.parametrize("operator", [*operators()])
@pytest.mark.parametrize("key", KEYS)
def test_a_condition_is_never_surer_than_its_evaluation(operator: str, key: str) -> None:
    wanted, actual = KEYS[key]
    for values in [*wanted, ["false"], ["true", "false"]] if operator == "Null" else wanted:
        one = written(Condition={operator: {key: values}})
        for kind, colons in itertools.product((Kind.ROLE, Kind.USER), (False, True)):
            parts = condition_parts(one, scene(kind, colons=colons))
            named = {} if kind is Kind.ROLE else {"aws:username": ("red",)}
            for found in [(), *actual]:
                given = {**FIXED, **named, key.lower(): found}
                check(parts, given, truth_of(one.conditions[0], given, variables=True))


@pytest.mark.parametrize("operator", [one for one in operators() if "For" not in one])
def test_the_name_of_a_user_is_a_part_of_its_arn(operator: str) -> None:
    for value in ("ann", "a*", "*/ann", "a?n", "${aws:UserAgent}*", "x${aws:PrincipalAccount}"):
        one = written(Condition={operator: {"aws:username": value}})
        parts = condition_parts(one, scene(Kind.USER))
        for path, name in itertools.product(("", "ops/", "a/b/"), ("ann", "bob", "a", "a*")):
            given = {**FIXED, "aws:username": (name,), "aws:principalarn": (USER + path + name,)}
            check(parts, given, truth_of(one.conditions[0], given, variables=True))


@pytest.mark.parametrize("operator", [one for one in operators() if "Set" not in one])
def test_one_time_has_two_keys(operator: str) -> None:
    one = written(Condition={operator: {"aws:EpochTime": "1767225600"}})
    parts = condition_parts(one, scene())
    for moment, seconds in (
        ("2026-01-01T00:00:00Z", "1767225600"),
        ("2025-01-01T00:00:00Z", "1735689600"),
        ("2027-01-01T00:00:00Z", "1798761600"),
    ):
        given = {"aws:currenttime": (moment,), "aws:epochtime": (seconds,)}
        check(parts, given, truth_of(one.conditions[0], given, variables=True))


RESOURCES = [f"{ROLE}{name}" for name in ("InfoSec", "x/InfoSec", "a", "Other")]
WITH_COLONS = [f"{ROLE}x:role/InfoSec", f"{ROLE}a:b/a"]
PATTERNS = [
    *("arn:aws:iam", f"arn:aws:iam::{ACCOUNT}", "arn:aws:iam:*:*:role/a"),
    *("*", "**", "?", "arn:*", "arn:aws:iam::*", "arn:aws:iam::*:role/*", f"{ROLE}InfoSec"),
    *("arn:aws:iam::*:*InfoSec", "arn:aws:i*m::*:role/*", "arn:aws:???::*:role/a", f"{ROLE}?"),
    *("arn:aws:iam::333333333333:role/*", "arn:*:iam::*:role/InfoSec", f"{USER}*"),
    *("arn:aws:iam::${aws:PrincipalAccount}:role/a", "arn:aws:${*}::*:role/${aws:PrincipalType}"),
    *("arn:aws:iam::${aws:PrincipalAccount}:role/*", f"{ROLE}${{aws:UserAgent}}"),
    *(f"{ROLE}${{aws:username}}", f"{ROLE}*${{aws:PrincipalType}}*", f"{ROLE}x*${{aws:username}}"),
]


@pytest.mark.parametrize("element", ["Resource", "NotResource"])
@pytest.mark.parametrize("colons", [False, True])
def test_a_resource_is_never_surer_than_its_evaluation(element: str, colons: bool) -> None:
    template = "arn:${Partition}:iam::${Account}:role/*"
    for patterns in [*([one] for one in PATTERNS), *itertools.combinations(PATTERNS[2:], 2)]:
        text = {"Effect": "Deny", "Action": "*", element: list(patterns)}
        (one,) = statements(text)
        check(resource_parts(one, scene()), {RESOURCE: ("*",)}, resource_truth(one, "*", FIXED))
        parts = resource_parts(one, scene(template=template, colons=colons))
        for resource in [*RESOURCES, *(WITH_COLONS if colons else [])]:
            for given in (FIXED, {**FIXED, "aws:useragent": ()}):
                context = {key: values for key, values in given.items() if values}
                truth = resource_truth(one, resource, context)
                check(parts, {**given, RESOURCE: (resource,)}, truth)


def test_whoever_changes_a_password_is_whom_it_is_changed_of() -> None:
    on_oneself = Scene(
        "iam", "arn:${Partition}:iam::${Account}:user/*", Kind.USER, SUBJECT, False, on_oneself=True
    )
    (part,) = resource_parts(written(resource=f"{USER}ann"), on_oneself)
    assert part.variable == RESOURCE
    assert part.sent is not None
    assert part.sent.variable == "aws:principalarn"
    assert part.sent.possibly == part.possibly


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"StringEquals": {"aws:UserAgent": "a"}}, "StringEquals aws:UserAgent `a`"),
        ({"Null": {"aws:SourceIp": "true"}}, "Null aws:SourceIp `true`"),
        (
            {"ForAllValues:StringLikeIfExists": {"aws:TagKeys": ["a", "b", "c"]}},
            "ForAllValues:StringLikeIfExists aws:TagKeys `a`, `b`, `c`",
        ),
        (
            {"ForAnyValue:StringLike": {"aws:TagKeys": ["a", "b", "c", "d"]}},
            "ForAnyValue:StringLike aws:TagKeys `a`, `b`, `c`, …",
        ),
        ({"StringEquals": {"aws:UserAgent": []}}, "StringEquals aws:UserAgent an empty list"),
        ({"StringEquals": {"custom:Key": "a"}}, "StringEquals custom:key `a`"),
        ({"StringEquals": {"aws:username": "a"}}, "StringEquals aws:username `a`"),
        ({"BoolLike": {"aws:username": "a"}}, "BoolLike aws:username `a`"),
    ],
)
def test_a_condition_is_told_as_it_is_written(condition: dict[str, Any], words: str) -> None:
    (part,) = condition_parts(written(Condition=condition), scene(Kind.USER))
    assert part.words == words


@pytest.mark.parametrize("template", [None, TRAIL])
@pytest.mark.parametrize("element", ["Resource", "NotResource"])
def test_a_resource_is_told_as_it_is_written(element: str, template: str | None) -> None:
    for patterns, words in ((["*"], "`*`"), (["arn:a", f"{USER}a"], f"`arn:a`, `{USER}a`")):
        (one,) = statements({"Effect": "Deny", "Action": "*", element: patterns})
        for part in resource_parts(one, scene(template=template)):
            assert part.variable == RESOURCE
            assert part.words == f"{element} {words}"


@pytest.mark.parametrize(
    ("condition", "doubt"),
    [
        ({"StringEquals": {"aws:UserAgent": []}}, "AWS does not say what a list without values"),
        ({"BoolLike": {"aws:UserAgent": "a"}}, "does not know the operator `BoolLike`"),
        (
            {"StringLike": {"aws:UserAgent": "a", "aws:useragent": "b"}},
            "a key means that stands here in two spellings",
        ),
        ({"Null": {"aws:UserAgent": "yes"}}, "Null takes `true` or `false` alone"),
        ({"ForAnyValue:DateEquals": {"aws:CurrentTime": "x"}}, "no ForAnyValue for DateEquals"),
        ({"NumericEquals": {"aws:UserAgent": "1"}}, "NumericEquals is not for keys of type string"),
        ({"StringEquals": {"aws:TagKeys": "a"}}, "AWS requires a set operator"),
        ({"StringEqualsIgnoreCase": {"aws:UserAgent": "é"}}, "compares ASCII letters alone"),
        ({"ArnNotLike": {"aws:PrincipalArn": "a*"}}, "what a text that is no ARN matches"),
        ({"ArnLike": {"aws:SourceVpcArn": f"{ROLE}*"}}, "whether `*` crosses a colon of an ARN"),
        (
            {"ForAllValues:StringNotEquals": {"aws:TagKeys": "a"}},
            "AWS does not say what ForAllValues:StringNotEquals means for an absent key",
        ),
        ({"StringEquals": {"custom:Key": "a"}}, "when a request carries `custom:key`"),
        ({"StringLike": {"aws:UserAgent": "${aws:SourceIp}"}}, "variable `${aws:SourceIp}`"),
        (
            {"StringEqualsIgnoreCase": {"aws:username": "a"}},
            "decide StringEqualsIgnoreCase of aws:",
        ),
        ({"StringLike": {"aws:username": "${aws:SourceIp}"}}, "username with policy variables"),
    ],
)
def test_what_is_in_doubt_is_told(condition: dict[str, Any], doubt: str) -> None:
    part, *_ = condition_parts(written(Condition=condition), scene(Kind.USER))
    assert doubt in part.doubt


@pytest.mark.parametrize(
    ("pattern", "doubt"),
    [
        ("arn:aws:iam::*", "how the short ARN `arn:aws:iam::*` is completed"),
        ("arn:aws:i*m::*:role/*", "no wildcard for the service, as in `arn:aws:i*m::*:role/*`"),
        ("arn:aws:iam::${aws:PrincipalAccount}:role/*", "variables after the fifth colon alone"),
        (f"{ROLE}${{aws:SourceIp}}", "variable `${aws:SourceIp}`"),
        (f"{ROLE}*", ""),
        ("arn:aws:iam:*:*:role/a", ""),
    ],
)
def test_what_is_in_doubt_of_a_resource_is_told(pattern: str, doubt: str) -> None:
    template = "arn:${Partition}:iam::${Account}:role/*"
    (part,) = resource_parts(written(resource=pattern), scene(template=template))
    assert doubt in part.doubt
    assert bool(part.doubt) is bool(doubt)


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("ForAllValues:StringEquals", "aws:TagKeys", "a"),
        ("ForAllValues:StringLike", "aws:TagKeys", "a"),
        ("ForAnyValue:StringNotEquals", "aws:TagKeys", "a"),
        ("ArnLike", "aws:PrincipalArn", f"{ROLE}Ad*"),
        ("ArnNotLike", "aws:PrincipalArn", f"{ROLE}Ad*"),
    ],
)
def test_what_is_not_in_doubt_is_asked_alike_in_every_reading(
    operator: str, key: str, value: str
) -> None:
    (part,) = condition_parts(written(Condition={operator: {key: value}}), scene())
    assert part.doubt == ""
    assert part.surely == part.possibly


@pytest.mark.parametrize("key", ["aws:username", "iam:PolicyARN"])
def test_what_scenes_tell_apart_they_do_not_share(key: str) -> None:
    one = written(Condition={"StringLike": {key: "a*"}})
    told = [scene(), scene(Kind.USER), scene(template=TRAIL)]
    forth = [condition_parts(one, each) for each in told]
    (of_iam,), (of_a_user,), (of_a_trail,) = forth
    assert (of_iam.variable == of_a_user.variable) is (key != "aws:username")
    assert bool(of_a_trail.doubt) is (key != "aws:username")
    assert [condition_parts(one, each) for each in reversed(told)] == forth[::-1]


def test_all_conditions_of_a_statement_are_asked() -> None:
    both = {"StringEquals": {"aws:UserAgent": "a"}, "Null": {"aws:SourceIp": "true"}}
    one = written(Condition=both)
    given = {**FIXED, "aws:sourceip": ("10.0.0.1",)}
    truth = all_of(truth_of(each, given, variables=True) for each in one.conditions)
    check(condition_parts(one, scene()), given, truth)
