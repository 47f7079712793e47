"""Wildcards against one text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.analysis.wildcards import (
    components,
    literal,
    matches,
    matches_by_component,
    pattern,
)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("", ""),
        ("*", ""),
        ("**", "a:b/c"),
        ("a*", "a"),
        ("*a", "ba"),
        ("a*c*e", "abcde"),
        ("*ab*", "aab"),
        ("?", "x"),
        ("a?c", "abc"),
        ("*.?", "a.b.c"),
    ],
)
def test_a_pattern_matches_whole_texts(written: str, text: str) -> None:
    assert matches(pattern(written), text)


@pytest.mark.parametrize(
    ("written", "text"),
    [("", "a"), ("a", ""), ("?", ""), ("a*", "ba"), ("a?", "a"), ("*a", "ab"), ("a*a", "a")],
)
def test_a_pattern_matches_nothing_but_whole_texts(written: str, text: str) -> None:
    assert not matches(pattern(written), text)


def test_a_literal_star_is_no_wildcard() -> None:
    assert matches(literal("*"), "*")
    assert not matches(literal("*"), "a")


SMALL = st.text("ab*?", max_size=7)


@given(SMALL, st.text("ab", max_size=7))
def test_matching_agrees_with_regular_expressions(written: str, text: str) -> None:
    expression = re.escape(written).replace(r"\*", ".*").replace(r"\?", ".")
    assert matches(pattern(written), text) == bool(re.fullmatch(expression, text))


def test_a_pattern_made_to_be_hard_is_matched_at_once() -> None:
    assert not matches(pattern("*a" * 500 + "b"), "a" * 2_000)


def test_the_sixth_component_holds_all_that_is_left() -> None:
    assert components(pattern("arn:aws:iam::*:role/a:b")) == tuple(
        pattern(part) for part in ("arn", "aws", "iam", "", "*", "role/a:b")
    )
    assert len(components(pattern("arn:aws"))) == 2


def test_by_component_no_wildcard_crosses_one_of_the_first_five_colons() -> None:
    role = components(pattern("arn:aws:iam::*:role/InfoSec*"))
    assert matches_by_component(role, "arn:aws:iam::222222222222:role/InfoSec:a")
    assert not matches_by_component(role, "arn:aws:iam::222222222222:user/x:role/InfoSec")
    assert not matches_by_component(role, "arn:aws:iam")
    assert not matches_by_component(role[:5], "arn:aws:iam::222222222222:role/InfoSec")
