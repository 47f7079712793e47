"""What is asked of a variable: when two ask the same, and what the contrary of each is."""

from __future__ import annotations

import itertools

import pytest

from policies.analysis.patterns import in_any_case, plain
from policies.analysis.requirements import (
    ABSENT,
    ALWAYS,
    EVERYTHING,
    NEVER,
    NOTHING,
    PRESENT,
    Quantifier,
    Requirement,
    Texts,
)

A = Texts(in_any_case((plain("a"),)))
EACH = [
    Requirement(absent, values, quantifier)
    for absent in (True, False)
    for values in (EVERYTHING, NOTHING, A, A.complement())
    for quantifier in Quantifier
]
ACTUAL = [(), ("a",), ("b",), ("a", "b"), ("b", "b")]


def test_the_contrary_holds_where_it_does_not() -> None:
    for one, actual in itertools.product(EACH, ACTUAL):
        assert one.negated().holds(actual) is not one.holds(actual), (one, actual)


def test_what_each_value_meets_and_what_none_does_is_known_beforehand() -> None:
    for one in EACH:
        met = [one.holds(actual) for actual in ACTUAL]
        assert (one.always, one.never) == (all(met), not any(met)), one


def test_two_are_the_same_that_ask_the_same() -> None:
    for one, other in itertools.product(EACH, EACH):
        made = Requirement(other.absent, other.values, other.quantifier)
        assert (one == made) is (one is other)
        assert one is not other or hash(one) == hash(made)


@pytest.mark.parametrize("one", [ALWAYS, NEVER, PRESENT, ABSENT])
def test_each_is_itself_and_nothing_but_a_requirement(one: Requirement) -> None:
    same = one
    assert one == same
    assert one != "a requirement"
