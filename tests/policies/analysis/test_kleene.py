"""Three-valued logic."""

from __future__ import annotations

from policies.analysis.kleene import all_of, any_of, negation, opened, unless_false

A, B = opened("a"), opened("b")


def test_one_false_decides_a_conjunction_whatever_is_open() -> None:
    assert all_of([A, False, B]) is False
    assert all_of([True, True]) is True
    assert all_of([]) is True


def test_one_true_decides_a_disjunction_whatever_is_open() -> None:
    assert any_of([A, True, B]) is True
    assert any_of([False, False]) is False
    assert any_of([]) is False


def test_what_stays_open_hangs_on_every_point_named_once() -> None:
    assert all_of([A, True, B, A]) == any_of([A, False, B, A])
    found = all_of([A, B, A])
    assert not isinstance(found, bool)
    assert found.points == ("a", "b")
    assert found.within("here: ").points == ("here: a", "here: b")


def test_negation_leaves_open_what_is_open() -> None:
    assert negation(True) is False
    assert negation(False) is True
    assert negation(A) is A


def test_of_an_answer_whose_no_alone_is_certain_the_rest_is_open() -> None:
    assert unless_false(False, "a") is False
    assert unless_false(True, "a") == A
    assert unless_false(B, "a") == A
