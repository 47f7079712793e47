"""What is seen of a statement at a glance, before it is read."""

from __future__ import annotations

from typing import Any

import pytest

from policies.analysis.statement import Statement
from tests.policies.analysis.writing import deny, statements

AGENT = {"StringEquals": {"aws:UserAgent": ["a", "bc"]}}


def of(written: dict[str, Any]) -> Statement:
    (one,) = statements(written)
    return one


@pytest.mark.parametrize(
    ("written", "all_of_them"),
    [
        (deny(), True),
        (deny(resource=["arn:aws:s3:::a", "*"]), True),
        (deny(resource="arn:*"), False),
        (deny(Condition=AGENT), False),
        ({"Effect": "Deny", "Action": "*", "NotResource": "*"}, False),
        ({"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::a"}, False),
    ],
)
def test_it_plainly_speaks_of_all_requests_or_of_some(
    written: dict[str, Any], all_of_them: bool
) -> None:
    assert of(written).reaches_all is all_of_them


def test_how_much_there_is_to_read_is_in_its_resources_and_values() -> None:
    one = of(deny(resource=["a", "bc*"], Condition=AGENT | {"Null": {"aws:SourceIp": "true"}}))
    assert one.size == len(["a", "bc*", "a", "bc", "true"])
    assert one.length == len("abc*abctrue")
    assert sorted(one.texts()) == sorted(
        ["a", "bc*", "aws:useragent", "a", "bc", "aws:sourceip", "true"]
    )
