"""Languages and walks against regular expressions, over all texts of a small space."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.analysis.patterns import (
    Language,
    Pattern,
    Place,
    Wildcard,
    by_component,
    in_any_case,
    is_everything,
    places,
    plain,
    union,
    wild,
)
from policies.analysis.walks import Limits, Space, Steps, shortest

LETTERS = "aA:"
LONGEST = 5
TEXTS = ["".join(one) for n in range(LONGEST + 1) for one in itertools.product(LETTERS, repeat=n)]
TAIL = Language((Place(frozenset(LETTERS)),) * length for length in range(LONGEST + 1))

# A language, and a regular expression that matches the same texts.
Told = tuple[Language, re.Pattern[str]]
_WRITTEN = st.lists(st.text("aA:?**", max_size=5), max_size=3)
_PIECES = {
    "?": Place(None),
    "*": Place(None, repeats=True),
    "[^A]": Place(None, frozenset("A")),
    "[^a:]*": Place(None, frozenset("a:"), repeats=True),
    "[^a]*": Place(None, frozenset("a"), repeats=True),
    "a": Place(frozenset("a")),
    "[aA]": Place(frozenset("aA")),
    "[a:]*": Place(frozenset("a:"), repeats=True),
    "[A:]": Place(frozenset("aA:"), frozenset("a")),
}


def _expression(piece: str) -> str:
    return {"?": ".", "*": ".*"}.get(piece, piece if piece in _PIECES else re.escape(piece))


def _told(language: Language, expressions: list[str], flags: int = 0) -> Told:
    return language, re.compile("|".join(f"(?:{one})" for one in expressions) or "(?!)", flags)


def _as_string_like(written: list[str]) -> Told:
    expressions = ["".join(map(_expression, one)) for one in written]
    return _told(union(tuple(map(wild, written))), expressions, re.ASCII)


def _in_any_case(written: list[str]) -> Told:
    language = in_any_case(tuple(map(plain, written)))
    return _told(language, list(map(re.escape, written)), re.ASCII | re.IGNORECASE)


def _of_places(sequences: list[list[str]]) -> Told:
    language = Language([tuple(_PIECES[one] for one in each) for each in sequences])
    return _told(language, ["".join(map(_expression, each)) for each in sequences])


LANGUAGES = st.one_of(
    _WRITTEN.map(_as_string_like),
    st.lists(st.text("aA:?", min_size=1, max_size=4), max_size=2).map(_in_any_case),
    st.lists(st.lists(st.sampled_from(sorted(_PIECES)), max_size=4), max_size=3).map(_of_places),
)


@given(LANGUAGES)
def test_a_language_has_the_texts_that_the_regular_expression_matches(told: Told) -> None:
    language, expression = told
    for text in TEXTS:
        assert language.matches(text) is bool(expression.fullmatch(text)), text


_COMPONENTS = ("", "a", "A")
_ARNS = [
    *map(":".join, itertools.product(*([_COMPONENTS] * 5), (*_COMPONENTS, "a:", ":", "AA"))),
    *("", "a", "::::", "a:a:a:a"),
]
_ARN_PATTERNS = st.tuples(*([st.text("a?*", max_size=2)] * 5), st.text("a:?*", max_size=3))


@given(st.lists(_ARN_PATTERNS.map(":".join), max_size=3))
def test_no_wildcard_of_an_arn_reads_one_of_its_first_five_colons(written: list[str]) -> None:
    short = [one.replace(":", "", 1) for one in written if one.count(":") == 5]
    language, expression = _told(
        by_component(tuple(map(wild, (*written, *short)))),
        [
            ":".join(_of_component(*one) for one in enumerate(each.split(":", 5)))
            for each in written
        ],
    )
    for text in _ARNS:
        assert language.matches(text) is bool(expression.fullmatch(text)), text


def _of_component(index: int, written: str) -> str:
    wildcards = {"?": "[^:]", "*": "[^:]*"} if index < 5 else {"?": ".", "*": ".*"}
    return "".join(wildcards.get(one, one) for one in written)


@settings(max_examples=4 * settings().max_examples)
@given(
    st.sampled_from(("", "a", "a:")),
    st.lists(LANGUAGES, max_size=2),
    st.lists(LANGUAGES, min_size=1, max_size=3),
)
def test_the_shortest_text_in_some_languages_and_not_in_others(
    prefix: str, inside: list[Told], outside: list[Told]
) -> None:
    wanted = _wanted(prefix, inside, outside)
    required, barred = ([language for language, _ in each] for each in (inside, outside))
    found = shortest(Space(prefix, TAIL), required, barred, Steps(10**9))
    shortest_length = next((len(one) for one in TEXTS if wanted(one)), None)
    if found is None:
        assert shortest_length is None
    else:
        tail = found.removeprefix(prefix)
        assert wanted(tail)
        assert len(tail) == shortest_length


@settings(max_examples=4 * settings().max_examples)
@given(
    st.sampled_from(("", "a", "a:")),
    st.lists(st.text("aA:?*", max_size=5), min_size=1, max_size=3),
    st.lists(LANGUAGES, max_size=2),
    st.sampled_from((None, Limits(path=2, name=2))),
)
def test_what_patterns_tell_of_their_briefest_text_is_what_a_walk_finds(
    prefix: str, written: list[str], outside: list[Told], limits: Limits | None
) -> None:
    patterns = tuple(map(wild, written))
    told, walked = union(patterns), Language(map(places, patterns))
    barred = [language for language, _ in outside]
    tail = _ANY_PATH if limits else TAIL
    found = [
        shortest(Space(prefix, tail, limits=limits), [one], barred, Steps(10**9))
        for one in (told, walked)
    ]
    assert found[0] == found[1]


@given(st.sampled_from(("", "a", "a:", "aA:")), st.lists(st.text("aA:?*", max_size=5), max_size=3))
def test_the_briefest_texts_that_lead_into_patterns(prefix: str, written: list[str]) -> None:
    language = union(tuple(map(wild, written)))
    found = language.briefest(language.after(prefix))
    fitting = [one for one in TEXTS if language.matches(prefix + one)]
    briefest = {one for one in fitting if len(one) == len(fitting[0])}
    assert set(found) == briefest or (found == [] and any("?" in one for one in written))


def test_a_letter_that_may_be_any_makes_it_unclear_which_text_is_briefest_until_it_is_read() -> (
    None
):
    language = union((wild("?a*:"), wild("A")))
    assert language.briefest(language.start) == []
    assert language.briefest(language.after("A")) == [""]
    assert language.briefest(language.after("Aa")) == [":"]
    assert language.briefest(0) == []


# Each is met by many texts, and missed by many.
_HALVES = ("*a", "*a*", "*:*", "a*", "a:*", "??*")


@given(
    prefix=st.sampled_from(("", "a", "a:")),
    examples=st.lists(st.sampled_from(TEXTS[:40]), max_size=4, unique=True),
    within=st.lists(st.sampled_from(_HALVES), max_size=1),
    complete=st.booleans(),
    inside=st.lists(st.sampled_from(_HALVES), max_size=1),
    outside=st.lists(st.sampled_from(_HALVES), max_size=1),
)
def test_an_example_is_found_before_any_other_text_and_twice_at_the_same_cost(
    *,
    prefix: str,
    examples: list[str],
    within: list[str],
    complete: bool,
    inside: list[str],
    outside: list[str],
) -> None:
    space = Space(
        prefix,
        TAIL,
        tuple(prefix + one for one in examples),
        within=tuple(map(wild, within)),
        complete=complete,
    )
    required, barred = ([union((wild(one),)) for one in each] for each in (inside, outside))
    wanted = _wanted(
        prefix,
        [_as_string_like([one]) for one in (*inside, *within)],
        [_as_string_like([one]) for one in outside],
    )
    steps, again = Steps(10**9), Steps(10**9)
    found = shortest(space, required, barred, steps)
    fitting = [prefix + one for one in examples if wanted(one)]
    if fitting or complete:
        assert found == next(iter(fitting), None)
    else:
        assert (found is not None) is any(map(wanted, TEXTS))
    assert shortest(space, required, barred, again) == found
    assert again.left == steps.left


_PATHS = ["".join(one) for n in range(6) for one in itertools.product("ab/", repeat=n)]
_PATTERNS = st.sampled_from(("??", "???", "????", "??*", "a*", "*b", "/*", "*/*", "?/*", "*/?*/*"))
_NAMED = (Place(frozenset("ab"), repeats=True),)
_ANY_PATH = Language(
    [_NAMED, (Place(frozenset("ab/"), repeats=True), Place(frozenset("/")), *_NAMED)]
)


@settings(max_examples=2 * settings().max_examples)
@given(
    st.builds(Limits, path=st.integers(1, 3), name=st.integers(1, 2)),
    st.lists(_PATTERNS.map(lambda one: _as_string_like([one])), max_size=3),
    st.lists(_PATTERNS.map(lambda one: _as_string_like([one])), max_size=1),
)
def test_the_shortest_text_whose_path_and_name_are_no_longer_than_admitted(
    limits: Limits, inside: list[Told], outside: list[Told]
) -> None:
    required, barred = ([language for language, _ in each] for each in (inside, outside))
    found = shortest(Space("", _ANY_PATH, limits=limits), required, barred, Steps(10**9))
    admitted = re.compile(f"(?:.{{0,{limits.path - 1}}}/)?[^/]{{0,{limits.name}}}")
    wanted = _wanted("", inside, outside)
    fitting = [one for one in _PATHS if admitted.fullmatch(one) and wanted(one)]
    if found is None:
        assert fitting == []
    else:
        assert found in fitting
        assert len(found) == len(fitting[0])


def _wanted(prefix: str, inside: list[Told], outside: list[Told]) -> Callable[[str], bool]:
    """Whether what follows the prefix makes a text of all inside, none outside."""

    def wanted(tail: str) -> bool:
        whole = prefix + tail
        return all(one.fullmatch(whole) for _, one in inside) and not any(
            one.fullmatch(whole) for _, one in outside
        )

    return wanted


@given(st.text("aA:?**", max_size=5), st.sampled_from([None, frozenset("a:")]))
def test_the_wildcards_of_places_read_what_is_within_and_nothing_else(
    written: str, within: frozenset[str] | None
) -> None:
    pattern: Pattern = wild(written)
    language = Language([places(pattern, within, frozenset(":"))])
    one = "[^:]" if within is None else "a"
    wildcards = {Wildcard.CHARACTER: one, Wildcard.TEXT: f"{one}*"}
    expression = "".join(
        wildcards[each] if isinstance(each, Wildcard) else re.escape(each) for each in pattern
    )
    for text in TEXTS:
        assert language.matches(text) is bool(re.fullmatch(expression, text)), text


def test_everything_is_written_with_stars_alone() -> None:
    assert [is_everything(one) for one in ("*", "**", "", "X", "*X", "?")] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]


def test_stars_in_a_row_make_a_language_no_larger() -> None:
    once, often = wild("a*b"), wild(f"a{'*' * 1_000}b")
    assert len(places(often)) == len(places(once))
    assert union((often,)).accepting == union((once,)).accepting
