"""The shortest text of a space: within the lengths that names have, and within memory."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from policies.analysis import patterns, walks
from policies.analysis.patterns import Language, Pattern, by_component, places, plain, union, wild
from policies.analysis.spaces import Kind, principals
from policies.analysis.walks import Limits, Space, StepLimit, Steps, shortest
from tests.policies.analysis.universe import SUBJECT

ROLES = principals(Kind.ROLE, SUBJECT, colons=False)
PREFIX = "arn:aws:iam::222222222222:role/"
_EVERYTHING = union((wild("*"),))


def found(*inside: str, outside: tuple[str, ...] = (), space: Space = ROLES) -> str | None:
    required, barred = ([_language(one) for one in each] for each in (inside, outside))
    return shortest(space, required, barred, Steps(1_000_000))


def _language(pattern: str) -> Language:
    return by_component((wild(f"arn:aws:iam::*:role/{pattern}"),))


def test_a_name_of_64_characters_is_the_longest() -> None:
    assert found("?" * 64, outside=("*/*",)) == PREFIX + "x" * 64
    assert found("?" * 65, outside=("*/*",)) is None


def test_what_is_too_long_for_a_name_is_read_as_a_path() -> None:
    text = found("a" + "?" * 66 + "b")
    assert text is not None
    path, _, name = text.removeprefix(PREFIX).rpartition("/")
    assert (len(f"{path}/{name}"), text[-1], text[len(PREFIX)]) == (68, "b", "a")
    assert len(name) <= 64


def test_a_path_of_511_characters_is_the_longest() -> None:
    assert found(f"{'a' * 510}/b") == f"{PREFIX}{'a' * 510}/b"
    assert found(f"{'a' * 511}/b") is None
    assert found(f"{'a' * 300}/{'a' * 210}/b") is None


def test_a_text_that_is_nothing_but_the_prefix_is_found_where_the_space_has_it() -> None:
    space = Space("a", Language([()]))
    assert shortest(space, [], [], Steps()) == "a"
    assert shortest(space, [], [Language.of([wild("a")])], Steps()) is None


def test_what_is_remembered_is_bounded_and_changes_no_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = (("Team*", "*a?"), ("*b*", "a*"), ("*/x",), ("Team*", "*a?"), ("?", "??"))
    before = [found(*each) for each in asked]
    other = Space(ROLES.prefix, ROLES.tail, ROLES.examples, ROLES.limits)
    monkeypatch.setattr(walks, "_REMEMBERED", 1)
    monkeypatch.setattr(patterns, "_REMEMBERED", 1)
    for each, answer in zip(asked, before, strict=True):
        assert found(*each, space=other) == answer
        assert len(other._memo) == len(other._begun) == 1
    language = _language("*a*b")
    assert [language.matches(PREFIX + one) for one in ("ab", "ba", "xaxb", "a")] == [
        True,
        False,
        True,
        False,
    ]
    assert len(language._matched) == 1
    for text in ("ab", "aab", "aaab", "aaaab"):
        walked = Language([places(wild(text))])
        assert shortest(Space("", _EVERYTHING), [walked], [], Steps()) == text
        assert len(walked._only) == 1
        assert {len(one) for one in walked._moves.values()} == {1}


Compiling = Callable[[tuple[Pattern, ...]], Language]
each_way_to_compile = pytest.mark.parametrize(
    "compiled", [union, by_component, lambda patterns: Language(map(places, patterns))]
)


@each_way_to_compile
def test_nothing_is_looked_for_behind_a_text_that_is_barred_for_good(compiled: Compiling) -> None:
    """Else a walk would tell apart which of eight letters were read: 256 times the steps."""
    barred = compiled(tuple(wild(f":::::*{one}*") for one in "abcdefgh"))
    asked = union((wild(f":::::{'?' * 12}"),))
    found = shortest(Space(":::::", _EVERYTHING), [asked], [barred], Steps(1_000))
    assert found == f":::::{'x' * 12}"


@each_way_to_compile
def test_what_one_pattern_bars_for_good_bars_no_other_text(compiled: Compiling) -> None:
    barred = compiled((wild(":::::a*"), wild(":::::b")))
    asked = union((wild(":::::?"),))
    assert shortest(Space("", _EVERYTHING), [asked], [barred], Steps()) == ":::::x"


def test_a_letter_that_leads_nowhere_hides_none_that_comes_after_it() -> None:
    asked, barred = union((wild("ab"), wild("bb"))), union((wild("a*"),))
    assert shortest(Space("", _EVERYTHING), [asked], [barred], Steps()) == "bb"
    # After the last slash that a path has room for a letter may follow.
    names = Space("", ROLES.tail, limits=Limits(path=3, name=1))
    both = [union((wild(one),)) for one in ("????", "*b")]
    assert shortest(names, both, [], Steps()) == "xx/b"


@pytest.mark.parametrize("letters", ["aA", "xa", "zA", "01", "Z9", "1-", "*?", "bcd", "ab/:é"])
def test_of_texts_of_one_length_the_most_readable_is_found(letters: str) -> None:
    for written in (letters, letters[::-1]):
        asked = union(tuple(map(plain, written)))
        assert shortest(Space("", _EVERYTHING), [asked], [], Steps()) == letters[0]
        walked = Language(map(places, map(plain, written)))
        assert shortest(Space("", _EVERYTHING), [walked], [], Steps()) == letters[0]


def test_letters_that_lead_nowhere_cost_no_step() -> None:
    text = "abcdefghijklmnopqrstuvwxyz"
    walked = Language([places(wild(text))])
    assert shortest(Space("", _EVERYTHING), [walked], [], Steps(200)) == text


def test_letters_that_no_name_may_have_are_told_apart_as_well() -> None:
    asked = [union((wild(one),)) for one in ("*é*", "*a*")]
    assert shortest(Space("", _EVERYTHING), asked, [], Steps()) == "aé"


def test_each_language_costs_a_step_for_each_letter_and_some_to_begin() -> None:
    asked = [Language([places(wild("a" * 7))])]
    barred = [union((wild(one),)) for one in ("b", "b?", "b*")]
    left = []
    for count in range(4):
        steps = Steps()
        shortest(Space("", _EVERYTHING), asked, barred[:count], steps)
        left.append(steps.left)
    assert {one - other for one, other in itertools.pairwise(left)} == {walks._TO_BEGIN + 7}


def test_there_is_always_a_letter_that_no_policy_names() -> None:
    """Whoever bars all that people write bars no letter beyond."""
    barred = union(tuple(map(plain, walks._READABLE)))
    one = union((wild("?"),))
    assert shortest(Space("", _EVERYTHING), [one], [barred], Steps()) == "À"


def test_no_more_steps_are_spent_than_are_allowed() -> None:
    steps = Steps(3)
    steps.spend(2)
    steps.spend()
    with pytest.raises(StepLimit):
        steps.spend()


def test_of_texts_as_short_the_one_that_is_read_most_easily_is_found() -> None:
    space = Space("", Language([places(wild("*"))]))
    either = Language([places(plain(one)) for one in "!#$%Z&()z;<"])
    holding = Language([places(wild("*!*")), places(wild("*z*"))])
    some = Language([places(wild("?*"))])
    assert shortest(space, [either], [], Steps()) == "z"
    assert shortest(space, [some, holding], [], Steps()) == "z"
