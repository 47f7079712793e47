"""Conditions on keys with one value, operator by operator."""

from __future__ import annotations

import pytest

from policies.analysis.kleene import Open
from tests.policies.analysis.writing import condition, holds

ROLE = "arn:aws:iam::222222222222:role/InfoSecAudit"
PATTERN = "arn:aws:iam::*:role/InfoSec*"

# Operator, key, value of the policy, value of the request, whether they match.
MATCHES = [
    ("StringEquals", "aws:username", "alice", "alice", True),
    ("StringEquals", "aws:username", "alice", "Alice", False),
    ("StringEquals", "aws:username", "a*", "alice", False),
    ("StringEquals", "aws:username", "a*", "a*", True),
    ("StringEqualsIgnoreCase", "aws:username", "ALICE", "alice", True),
    ("StringEqualsIgnoreCase", "aws:username", "bob", "alice", False),
    ("StringEqualsIgnoreCase", "aws:username", "a*", "alice", False),
    ("StringLike", "aws:username", "a?i*", "alice", True),
    ("StringLike", "aws:username", "A*", "alice", False),
    ("StringLike", "aws:PrincipalArn", PATTERN, ROLE, True),
    ("ArnLike", "aws:PrincipalArn", PATTERN, ROLE, True),
    ("ArnEquals", "aws:PrincipalArn", PATTERN, ROLE, True),
    ("ArnLike", "aws:PrincipalArn", PATTERN, ROLE.replace("role/", "role/x/"), False),
    ("ArnLike", "aws:PrincipalArn", PATTERN.lower(), ROLE, False),
    ("NumericEquals", "aws:MultiFactorAuthAge", "300.0", "300", True),
    ("NumericEquals", "aws:MultiFactorAuthAge", "300", "301", False),
    ("DateEquals", "aws:CurrentTime", "2026-01-01", "2026-01-01T00:00:00Z", True),
    ("DateEquals", "aws:CurrentTime", "1767225600", "2026-01-01T00:00:00Z", True),
    ("DateEquals", "aws:CurrentTime", "2026-01-01", "2026-01-01T00:00:01Z", False),
    ("IpAddress", "aws:SourceIp", "203.0.113.0/24", "203.0.113.9", True),
    ("IpAddress", "aws:SourceIp", "203.0.113.0/24", "203.0.114.9", False),
    ("IpAddress", "aws:SourceIp", "203.0.113.9", "203.0.113.9", True),
    ("IpAddress", "aws:SourceIp", "::/0", "203.0.113.9", False),
    ("IpAddress", "aws:SourceIp", "2001:db8::/32", "2001:db8::1", True),
]
NEGATED = {
    "StringEquals": "StringNotEquals",
    "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase",
    "StringLike": "StringNotLike",
    "ArnLike": "ArnNotLike",
    "ArnEquals": "ArnNotEquals",
    "NumericEquals": "NumericNotEquals",
    "DateEquals": "DateNotEquals",
    "IpAddress": "NotIpAddress",
}


@pytest.mark.parametrize(("operator", "key", "wanted", "actual", "truth"), MATCHES)
def test_an_operator_compares_as_aws_describes_and_its_negation_says_the_contrary(
    operator: str, key: str, wanted: str, actual: str, truth: bool
) -> None:
    assert holds(operator, key, wanted, given={key: actual}) is truth
    assert holds(NEGATED[operator], key, wanted, given={key: actual}) is not truth


@pytest.mark.parametrize(
    ("comparison", "below", "same", "above"),
    [
        ("LessThan", True, False, False),
        ("LessThanEquals", True, True, False),
        ("GreaterThan", False, False, True),
        ("GreaterThanEquals", False, True, True),
    ],
)
def test_numbers_and_dates_are_ordered(
    comparison: str, below: bool, same: bool, above: bool
) -> None:
    age, issued = "aws:MultiFactorAuthAge", "aws:TokenIssueTime"
    for actual, truth in (("9", below), ("10", same), ("10.5", above)):
        assert holds(f"Numeric{comparison}", age, "10", given={age: actual}) is truth
    for actual, truth in (("2026-01-01", below), ("2026-01-02", same), ("2026-01-03", above)):
        assert holds(f"Date{comparison}", issued, "2026-01-02", given={issued: actual}) is truth


def test_one_of_several_values_is_enough_and_for_a_negated_operator_none_may_match() -> None:
    given: dict[str, str | list[str]] = {"aws:username": "bob"}
    assert holds("StringEquals", "aws:username", "alice", "bob", given=given) is True
    assert holds("StringNotEquals", "aws:username", "alice", "bob", given=given) is False
    assert holds("StringNotEquals", "aws:username", "alice", "carol", given=given) is True


def test_key_names_are_compared_in_any_case() -> None:
    assert holds("StringEquals", "AWS:UserName", "bob", given={"aws:username": "bob"}) is True


def test_booleans_are_true_and_false_in_lower_case() -> None:
    key = "aws:SecureTransport"
    assert holds("Bool", key, "false", given={key: "false"}) is True
    assert holds("Bool", key, "false", given={key: "true"}) is False
    assert holds("Bool", key, "true", given={key: "yes"}) is False


def test_bytes_are_compared_whatever_their_spelling() -> None:
    assert holds("BinaryEquals", "custom:Bytes", "QQ==", given={"custom:Bytes": "QQ=="}) is True
    assert holds("BinaryEquals", "custom:Bytes", "QQ==", given={"custom:Bytes": "Qg=="}) is False
    assert holds("BinaryEquals", "custom:Bytes", "QQ==", given={"custom:Bytes": "A"}) is False


@pytest.mark.parametrize("operator", [*NEGATED, "Bool", "NumericLessThan", "BinaryEquals"])
def test_an_absent_key_matches_nothing_and_so_satisfies_the_negation(operator: str) -> None:
    value = {"Bool": "true", "BinaryEquals": "QQ=="}.get(operator, "1")
    assert holds(operator, "custom:Key", value) is False
    assert holds(f"{operator}IfExists", "custom:Key", value) is True
    if operator in NEGATED:
        assert holds(NEGATED[operator], "custom:Key", value) is True
        assert holds(f"{NEGATED[operator]}IfExists", "custom:Key", value) is True


def test_if_exists_changes_nothing_where_the_key_is_present() -> None:
    given: dict[str, str | list[str]] = {"aws:username": "bob"}
    assert holds("StringEqualsIfExists", "aws:username", "bob", given=given) is True
    assert holds("StringEqualsIfExists", "aws:username", "eve", given=given) is False


def test_null_asks_for_absence() -> None:
    key = "aws:TokenIssueTime"
    given: dict[str, str | list[str]] = {key: "2026-01-01"}
    assert holds("Null", key, "true") is True
    assert holds("Null", key, "false") is False
    assert holds("Null", key, "true", given=given) is False
    assert holds("Null", key, "false", given=given) is True
    assert holds("Null", key, "true", "false", given=given) is True


def test_variables_stand_for_what_the_request_carries() -> None:
    given: dict[str, str | list[str]] = {
        "aws:PrincipalArn": ROLE,
        "aws:PrincipalAccount": "222222222222",
    }
    own = "arn:aws:iam::${aws:PrincipalAccount}:role/InfoSec*"
    for operator in ("ArnLike", "StringLike"):
        assert holds(operator, "aws:PrincipalArn", own, given=given) is True
        assert holds(operator, "aws:PrincipalArn", own, given=given, variables=False) is False


def test_a_literal_star_is_written_as_a_variable() -> None:
    given: dict[str, str | list[str]] = {"custom:Text": "a*"}
    assert holds("StringLike", "custom:Text", "a${*}", given=given) is True
    assert holds("StringLike", "custom:Text", "a${*}", given={"custom:Text": "ab"}) is False
    assert holds("StringEquals", "custom:Text", "a${*}", given=given) is True
    plain: dict[str, str | list[str]] = {"custom:Text": "a${*}"}
    assert holds("StringEquals", "custom:Text", "a${*}", given=plain, variables=False) is True


def test_wildcards_need_no_version_that_knows_variables() -> None:
    given: dict[str, str | list[str]] = {"aws:username": "bob"}
    assert holds("StringLike", "aws:username", "b*", given=given, variables=False) is True
    assert holds("StringEquals", "aws:username", "b*", given=given, variables=False) is False


def test_a_variable_that_resolves_to_nothing_matches_nothing() -> None:
    value = "${aws:PrincipalTag/team}"
    assert holds("StringEquals", "aws:username", value, given={"aws:username": "bob"}) is False
    assert holds("ArnLike", "aws:PrincipalArn", value, given={"aws:PrincipalArn": ROLE}) is False
    # Another value settles the negation; alone, AWS's guide and practice may differ.
    given: dict[str, str | list[str]] = {"aws:username": "bob"}
    assert holds("StringNotEquals", "aws:username", value, "bob", given=given) is False
    assert isinstance(holds("StringNotEquals", "aws:username", value, given=given), Open)


def test_conditions_of_one_key_know_their_parts() -> None:
    found = condition("StringNotLikeIfExists", "aws:PrincipalArn", "a")
    assert (found.operator, found.if_exists, found.qualifier) == ("StringNotLike", True, None)
