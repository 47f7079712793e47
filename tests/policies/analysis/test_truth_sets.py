"""Conditions on keys with several values, with and without set operators."""

from __future__ import annotations

import pytest

from policies.analysis.kleene import Open, opened
from tests.policies.analysis.writing import holds

KEY = "aws:TagKeys"


@pytest.mark.parametrize(
    ("operator", "given", "truth"),
    [
        ("ForAllValues:StringEquals", ["a"], True),
        ("ForAllValues:StringEquals", ["a", "b"], True),
        ("ForAllValues:StringEquals", ["a", "x"], False),
        ("ForAllValues:StringNotEquals", ["x", "y"], True),
        ("ForAllValues:StringNotEquals", ["x", "a"], False),
        ("ForAnyValue:StringEquals", ["x", "a"], True),
        ("ForAnyValue:StringEquals", ["x", "y"], False),
        ("ForAnyValue:StringNotEquals", ["a", "x"], True),
        ("ForAnyValue:StringNotEquals", ["a", "b"], False),
    ],
)
def test_set_operators_ask_each_value_of_the_request(
    operator: str, given: list[str], truth: bool
) -> None:
    assert holds(operator, KEY, "a", "b", given={KEY: given}) is truth


@pytest.mark.parametrize("given", [{}, {KEY: []}])
def test_an_absent_key_is_an_empty_set(given: dict[str, str | list[str]]) -> None:
    assert holds("ForAllValues:StringEquals", KEY, "a", given=given) is True
    assert holds("ForAllValues:StringEqualsIfExists", KEY, "a", given=given) is True
    assert holds("ForAllValues:StringNotEqualsIfExists", KEY, "a", given=given) is True
    assert holds("ForAnyValue:StringEquals", KEY, "a", given=given) is False
    assert holds("ForAnyValue:StringNotEquals", KEY, "a", given=given) is False


def test_a_set_operator_takes_one_value_for_a_set_of_one() -> None:
    given: dict[str, str | list[str]] = {"aws:username": "bob"}
    assert holds("ForAnyValue:StringLike", "aws:username", "b*", given=given) is True
    assert holds("ForAllValues:StringLike", "aws:username", "e*", given=given) is False


def test_arns_and_booleans_have_set_operators_too() -> None:
    arns: dict[str, str | list[str]] = {"logs:Arns": ["arn:aws:s3:::a", "arn:aws:s3:::b"]}
    assert holds("ForAllValues:ArnLike", "logs:Arns", "arn:aws:s3:::*", given=arns) is True
    assert holds("ForAnyValue:Bool", "custom:Flags", "true", given={"custom:Flags": ["true"]})


def test_an_empty_text_is_certain_only_where_an_empty_set_says_the_same() -> None:
    given: dict[str, str | list[str]] = {KEY: ""}
    assert holds("ForAllValues:StringEquals", KEY, "", given=given) is True
    point = opened("AWS does not say whether an empty value is an empty set")
    assert holds("ForAllValues:StringEquals", KEY, "a", given=given) == point
    assert holds("ForAnyValue:StringEquals", KEY, "a", given=given) is False
    assert holds("ForAnyValue:StringEquals", KEY, "", given=given) == point
    assert holds("Null", KEY, "true", given=given) == opened(
        "AWS does not say whether an empty value is null"
    )


def test_without_a_set_operator_only_a_no_is_certain() -> None:
    assert holds("StringEquals", KEY, "a", given={KEY: ["x", "y"]}) is False
    assert holds("StringEquals", KEY, "a", given={KEY: ["a"]}) == opened(
        "AWS requires a set operator for a key with several values"
    )
    assert holds("StringNotEquals", KEY, "a", given={KEY: ["a"]}) is False
    assert isinstance(holds("StringNotEquals", KEY, "a", given={KEY: ["x"]}), Open)
    assert holds("StringEquals", KEY, "a") is False
    assert isinstance(holds("StringNotEquals", KEY, "a"), Open)
    assert isinstance(holds("StringEqualsIfExists", KEY, "a"), Open)
    assert isinstance(holds("StringEquals", "custom:A", "a", given={"custom:A": ["a", "b"]}), Open)


def test_null_needs_no_set_operator() -> None:
    assert holds("Null", KEY, "false", given={KEY: ["a", "b"]}) is True
