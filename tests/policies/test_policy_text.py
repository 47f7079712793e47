"""How policies are shown: indented where that changes nothing."""

import json

import pytest

from policies.selectors.policy_text import indented


def test_a_compact_policy_gets_a_line_for_each_part() -> None:
    text = '{"Version":"2012-10-17","Statement":[{"Sid":"Größe"}]}'
    assert indented(text).splitlines()[1:3] == ['  "Version": "2012-10-17",', '  "Statement": [']
    assert json.loads(indented(text)) == json.loads(text)
    assert "Größe" in indented(text)


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
