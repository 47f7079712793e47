"""Texts of policies with policy variables: which pattern each stands for, and which doubt."""

from __future__ import annotations

import pytest

from policies.analysis.patterns import Wildcard, plain, wild
from policies.analysis.scene import Scene
from policies.analysis.spaces import Kind
from policies.analysis.texts import Bounded, resolved, variables_in
from tests.policies.analysis.universe import ACCOUNT, SUBJECT


def read(text: str, kind: Kind = Kind.ROLE) -> Bounded:
    return resolved(text, Scene("iam", None, kind, SUBJECT, False), variables=True, wildcards=True)


def test_what_stands_between_variables_is_kept() -> None:
    found = read("a*${aws:PrincipalAccount}-b${*}c?")
    assert found == Bounded(found.most, found.most)
    assert found.most == (*wild("a*"), *plain(f"{ACCOUNT}-b*c"), Wildcard.CHARACTER)


def test_a_variable_that_is_not_resolved_is_anything_at_its_place() -> None:
    found = read("a-${aws:SourceIp}-b")
    assert found.most == wild("a-*-b")
    assert found.least is None
    assert found.doubt.endswith("`${aws:SourceIp}`")


def test_a_variable_that_is_not_closed_may_be_anything_behind_those_that_are() -> None:
    assert read("a-${*}${aws:SourceIp").most == (*plain("a-*"), Wildcard.TEXT)


def test_a_key_of_several_values_has_none_to_put_in_though_it_is_always_sent() -> None:
    assert read("${aws:PrincipalOrgPaths}").least is None


def test_a_default_is_no_part_of_the_name_of_a_key() -> None:
    text = "a${aws:username, 'none, so far'}b${ aws:userid }"
    assert list(variables_in(text)) == ["aws:username", "aws:userid"]


@pytest.mark.parametrize(
    ("text", "kind", "absent", "hollow"),
    [
        ("${aws:username}", Kind.USER, False, False),
        ("${aws:username}", Kind.ROLE, True, True),
        ("${aws:userid}", Kind.ROLE, False, False),
        ("${aws:SourceIp}", Kind.ROLE, False, True),
        ("${aws:username, 'nobody'}", Kind.ROLE, False, False),
        # One variable that has no value is enough, whatever the other.
        ("${aws:username}${aws:userid}", Kind.ROLE, True, True),
        ("${aws:SourceIp}${aws:userid}", Kind.ROLE, False, True),
    ],
)
def test_a_variable_without_a_value_matches_nothing(
    text: str, kind: Kind, absent: bool, hollow: bool
) -> None:
    found = read(text, kind)
    assert (found.absent, found.hollow) == (absent, hollow)
