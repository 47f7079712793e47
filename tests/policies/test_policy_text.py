"""How policies are shown: indented where that changes nothing."""

import json

import pytest

from policies.selectors.policy_text import indented, lines


def test_a_compact_policy_gets_a_line_for_each_part() -> None:
    text = '{"Version":"2012-10-17","Statement":[{"Sid":"Größe"}]}'
    assert indented(text).splitlines()[1:3] == ['  "Version": "2012-10-17",', '  "Statement": [']
    assert json.loads(indented(text)) == json.loads(text)
    assert "Größe" in indented(text)


def test_half_a_character_stays_escaped_since_no_browser_can_be_sent_it() -> None:
    text = '{"Sid":"\\ud800","Id":"\\u0000"}'
    assert json.loads(indented(text).encode()) == json.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "",
        '{"Statement": [], "Statement": [{"Effect": "Deny"}]}',
        "[" * 100_000,
    ],
    ids=["no JSON", "empty", "a key twice", "too deep"],
)
def test_what_would_not_survive_indenting_stays_as_it_is(text: str) -> None:
    assert indented(text) == text


def statements(text: str) -> list[int | None]:
    return [line.statement for line in lines(text)]


def test_lines_know_the_statement_that_they_belong_to() -> None:
    two = '{"Statement": [{"Effect": "Deny"}, {"Effect": "Allow"}], "Version": "2012-10-17"}'
    assert statements(two) == [None, None, 0, 0, 0, 1, 1, 1, None, None, None]
    single = '{"Statement": {"Effect": "Deny", "Condition": {"Null": {"a": "b"}}}, "Id": "x"}'
    assert statements(single) == [None, *[0] * 8, None, None]


def test_a_text_that_looks_like_a_statement_is_none() -> None:
    text = '{"Id": "    {", "Statement": [{"Sid": "    }"}]}'
    assert statements(text) == [None, None, None, 0, 0, 0, None, None]


def test_a_text_that_is_no_json_has_lines_and_no_statements() -> None:
    assert [line.text for line in lines("{\nnope")] == ["{", "nope"]
    assert set(statements("{\nnope")) == {None}
