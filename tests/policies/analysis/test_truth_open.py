"""Where AWS's documentation is silent or contradicts itself, the truth stays open."""

from __future__ import annotations

import pytest

from policies.analysis.kleene import Open, opened
from policies.analysis.operators import OPERATORS
from policies.analysis.truth import truth_of
from tests.policies.analysis.writing import deny, holds, statements

ARN = "aws:PrincipalArn"
HIDING = "arn:aws:iam::222222222222:user/x:role/InfoSec"


def point(operator: str, key: str, *values: str, actual: str | None = None) -> str:
    found = holds(operator, key, *values, given={} if actual is None else {key: actual})
    assert isinstance(found, Open)
    (one,) = found.points
    return one


def test_whether_a_star_crosses_a_colon_in_arn_operators() -> None:
    pattern = "arn:aws:iam::*:role/InfoSec*"
    expected = "AWS does not say whether `*` crosses a colon of an ARN"
    assert point("ArnLike", ARN, pattern, actual=HIDING) == expected
    assert point("ArnNotLike", ARN, pattern, actual=HIDING) == expected
    # Under either reading a string does, and a text that fits neither way matches neither way.
    assert holds("StringLike", ARN, pattern, given={ARN: HIDING}) is True
    assert holds("ArnLike", ARN, "arn:aws:iam::*:role/X*", given={ARN: HIDING}) is False


def test_what_a_text_that_is_no_arn_matches() -> None:
    assert "colon" in point("ArnLike", ARN, "*", actual=HIDING)
    assert holds("ArnLike", ARN, "role/x", given={ARN: HIDING}) is False
    expected = "AWS does not say what a text that is no ARN matches"
    assert point("ArnNotLike", ARN, "role/x", actual=HIDING) == expected
    assert point("ArnNotLike", ARN, "arn:aws:iam::*:role/x", actual="x") == expected
    assert holds("ArnLike", ARN, "arn:aws:iam::*:role/x", given={ARN: "x"}) is False


def test_a_certain_match_hides_what_another_value_leaves_open() -> None:
    given: dict[str, str | list[str]] = {ARN: HIDING}
    assert holds("ArnLike", ARN, "*", "arn:aws:iam::*:user/*", given=given) is True
    assert holds("ArnNotLike", ARN, "*", "arn:aws:iam::*:user/*", given=given) is False


@pytest.mark.parametrize(
    ("operator", "key", "wanted", "actual", "expected"),
    [
        ("Bool", "aws:SecureTransport", "True", "true", "`True` is not written in lower case"),
        ("Bool", "aws:SecureTransport", "no", "false", "`no` is neither `true` nor `false`"),
        (
            "Bool",
            "aws:SecureTransport",
            "${aws:SecureTransport}",
            "true",
            "AWS contradicts itself on policy variables under Bool",
        ),
        ("Null", "aws:SourceIp", "True", "10.0.0.1", "`True` is neither true nor false"),
        ("NumericEquals", "aws:MultiFactorAuthAge", "1e3", "5", "`1e3` is no plain number"),
        ("DateEquals", "aws:CurrentTime", "2026", "2026-01-01", "`2026` is no plain time"),
        ("IpAddress", "aws:SourceIp", "any", "10.0.0.1", "`any` is no range of addresses"),
        ("BinaryEquals", "custom:Bytes", "?", "QQ==", "`?` is not base64"),
        (
            "StringEqualsIgnoreCase",
            "aws:username",
            "straße",
            "STRASSE",
            "AWS does not say which letters of `straße` differ in case alone",
        ),
    ],
)
def test_values_of_an_unusual_form(
    operator: str, key: str, wanted: str, actual: str, expected: str
) -> None:
    assert point(operator, key, wanted, actual=actual) == expected


def test_values_of_an_unusual_form_that_differ_under_every_reading() -> None:
    key = "aws:SecureTransport"
    assert holds("Bool", key, "True", given={key: "false"}) is False
    assert holds("Bool", key, "${aws:ViaAWSService}", given={key: "true"}) is False
    assert holds("Bool", key, "${aws:SecureTransport}*", given={key: "true"}) is False


def test_the_negation_of_a_value_whose_variable_the_request_lacks() -> None:
    value = "${aws:PrincipalTag/team}"
    assert point("StringNotEquals", "aws:username", value, actual="bob") == (
        "the request carries no `aws:PrincipalTag/team` for `${aws:PrincipalTag/team}`"
    )


@pytest.mark.parametrize(
    ("operator", "key", "value", "actual"),
    [
        ("NumericNotEquals", "custom:N", "5", "five"),
        ("DateNotEquals", "custom:D", "2026-01-01", "never"),
        ("NotIpAddress", "custom:I", "10.0.0.0/8", "host"),
    ],
)
def test_a_negation_of_a_value_of_another_type(
    operator: str, key: str, value: str, actual: str
) -> None:
    assert "the request's `" in point(operator, key, value, actual=actual)
    positive = operator.replace("Not", "")
    assert holds(positive, key, value, given={key: actual}) is False


@pytest.mark.parametrize(
    ("operator", "key", "wanted", "actual"),
    [
        ("StringEquals", "aws:SecureTransport", "false", "false"),
        ("NumericEquals", "aws:PrincipalAccount", "222222222222", "222222222222"),
        ("IpAddress", "aws:username", "10.0.0.1", "10.0.0.1"),
    ],
)
def test_a_match_by_an_operator_that_is_not_for_the_keys_type(
    operator: str, key: str, wanted: str, actual: str
) -> None:
    assert f"{operator} is not for keys of type" in point(operator, key, wanted, actual=actual)
    assert holds(operator, key, wanted) is False


def test_the_time_in_seconds_may_be_compared_as_a_number_or_as_a_date() -> None:
    given: dict[str, str | list[str]] = {"aws:EpochTime": "1767225600"}
    assert holds("NumericEquals", "aws:EpochTime", "1767225600", given=given) is True
    assert holds("DateEquals", "aws:EpochTime", "2026-01-01", given=given) is True
    assert isinstance(
        holds("NumericEquals", "aws:CurrentTime", "5", given={"aws:CurrentTime": "5"}), Open
    )


def test_set_operators_where_two_rules_meet() -> None:
    key = "aws:TagKeys"
    assert point("ForAllValues:StringNotLike", key, "a") == (
        "AWS contradicts itself on ForAllValues, negated, of an absent key"
    )
    assert point("ForAnyValue:StringEqualsIfExists", key, "a") == (
        "AWS does not say which wins on an absent key, ForAnyValue or IfExists"
    )
    assert point("ForAnyValue:NumericEquals", "custom:N", "5", actual="5") == (
        "AWS describes no ForAnyValue for NumericEquals"
    )


def test_nothing_is_concluded_from_what_the_portal_does_not_know() -> None:
    assert point("StringLik", "aws:a", "b", actual="b") == "unknown operator"
    assert point("StringLike", "aws:a") == "AWS does not say what a list without values means"


@pytest.mark.parametrize("operator", sorted(OPERATORS - {"Null"}))
def test_without_the_key_every_known_operator_is_certain(operator: str) -> None:
    assert holds(operator, "custom:Key", "1") is ("Not" in operator)
    assert holds("Null", "custom:Key", "true") is True


def test_one_key_in_two_spellings_stays_open() -> None:
    block = {"StringEquals": {"aws:UserName": "a", "aws:username": "a"}}
    (one,) = statements(deny(Condition=block))
    found = truth_of(one.conditions[0], {"aws:username": ("a",)}, variables=True)
    assert found == opened("AWS does not say what a key means that stands here in two spellings")
