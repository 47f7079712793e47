"""Policy variables."""

from __future__ import annotations

import pytest

from policies.analysis.kleene import Open
from policies.analysis.variables import Context, Unresolved, substituted
from policies.analysis.wildcards import Wildcard, literal, pattern

GIVEN: Context = {
    "aws:username": ("alice",),
    "aws:principaltag/my team": ("red",),
    "aws:principaltag/empty": ("",),
    "aws:useragent": ("a*b",),
    "aws:referer": ("a?b",),
    "aws:tagkeys": ("one",),
    "custom:several": ("a", "b"),
}


def test_a_variable_is_replaced_by_the_value_of_its_key_in_any_case() -> None:
    found = substituted("home/${aws:UserName}/*", GIVEN, wildcards=True)
    assert found == (*literal("home/alice/"), Wildcard.TEXT)


def test_a_tag_key_may_hold_blanks() -> None:
    assert substituted("${aws:PrincipalTag/My Team}", GIVEN, wildcards=False) == literal("red")


def test_a_text_without_variables_stays_as_it_is() -> None:
    assert substituted("a*$", GIVEN, wildcards=True) == pattern("a*$")
    assert substituted("a*", GIVEN, wildcards=False) == literal("a*")


@pytest.mark.parametrize("character", ["*", "?", "$"])
def test_the_special_characters_can_be_meant_as_themselves(character: str) -> None:
    assert substituted(f"a${{{character}}}", GIVEN, wildcards=True) == literal(f"a{character}")


def test_a_default_stands_in_for_an_absent_key_alone() -> None:
    default = "${aws:PrincipalTag/team, 'no team'}-${aws:username,'nobody'}"
    assert substituted(default, GIVEN, wildcards=False) == literal("no team-alice")


def test_an_absent_key_without_default_leaves_the_variable_unresolved() -> None:
    assert substituted("a${aws:SourceIdentity}", GIVEN, wildcards=True) == Unresolved(
        "aws:SourceIdentity"
    )


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("${aws:username", "`${aws:username` holds a policy variable that is not closed"),
        ("${}", "`${}` is no policy variable that AWS describes"),
        ("${a, b}", "`${a, b}` is no policy variable that AWS describes"),
        (
            "${aws:TagKeys}",
            "`aws:TagKeys` has several values, so AWS admits it in no policy variable",
        ),
        (
            "${custom:several}",
            "`custom:several` has several values, so AWS admits it in no policy variable",
        ),
        (
            "${aws:PrincipalTag/empty}",
            "AWS does not say whether an empty `aws:PrincipalTag/empty` is a value",
        ),
        (
            "${aws:UserAgent}",
            "AWS does not say whether a wildcard in the value of `aws:UserAgent` acts as one",
        ),
        (
            "${aws:Referer}",
            "AWS does not say whether a wildcard in the value of `aws:Referer` acts as one",
        ),
    ],
)
def test_what_aws_does_not_describe_stays_open(text: str, point: str) -> None:
    assert substituted(text, GIVEN, wildcards=True) == Open((point,))
