"""Which principals and resources there can be: names, paths and lengths as AWS admits them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policies.analysis.patterns import plain, union
from policies.analysis.spaces import Kind, _named, principals, resources
from policies.analysis.walks import Space, Steps, shortest
from tests.policies.analysis.universe import ACCOUNT, SUBJECT

IAM = f"arn:aws:iam::{ACCOUNT}:"
TRAILS = f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/"


def holds(space: Space, text: str) -> bool:
    return shortest(space, [union((plain(text),))], [], Steps()) == text


def on(rest: str, *, colons: bool = False, service: str = "iam::${Account}") -> Space:
    return resources(f"arn:${{Partition}}:{service}:{rest}", SUBJECT, colons=colons)


@pytest.mark.parametrize("colons", [False, True])
def test_names_and_paths_are_of_the_characters_that_iam_admits(colons: bool) -> None:
    named = _named(colons=colons)
    for text in ("a", "Some_+=,.@-9", "a/b", "a/b/c", "!~/b", "a//b"):
        assert named.matches(text), text
    for text in ("", "a b", "a:b", "a/", "/", "a b/c", "é", "é/a", "a/é", "a/b:c"):
        assert not named.matches(text), text
    assert named.matches("a:b/c") is colons


@pytest.mark.parametrize("colons", [False, True])
def test_resources_and_principals_of_iam_are_named_alike(colons: bool) -> None:
    for space in (on("user/*", colons=colons), principals(Kind.USER, SUBJECT, colons=colons)):
        longest = f"{IAM}user/{'p' * 510}/{'n' * 64}"
        assert holds(space, longest)
        assert not holds(space, f"{longest}n")
        assert not holds(space, longest.replace("p/", "pp/"))
        assert holds(space, f"{IAM}user/a:b/alice") is colons


def test_a_role_is_one_of_the_pattern_whatever_its_path() -> None:
    space = on("role/sec/Info?ec*Team*")
    assert space.prefix == f"{IAM}role/"
    assert space.examples == (f"{IAM}role/sec/InfoxecAuditTeam",)
    assert holds(space, f"{IAM}role/sec/InfoSecTeam")
    assert holds(space, f"{IAM}role/sec/InfoSec/of/Team")
    assert not holds(space, f"{IAM}role/InfoSecTeam")


def test_where_the_pattern_is_everything_the_example_has_a_name_that_people_have() -> None:
    assert on("user/*").examples == (f"{IAM}user/alice",)
    assert on("user/ops/*").examples == (f"{IAM}user/ops/alice",)


def test_a_bucket_has_a_name() -> None:
    space = on("*", service="s3::")
    assert holds(space, "arn:aws:s3:::b")
    for name in ("", "/", "/b", "b/", "é"):
        assert not holds(space, f"arn:aws:s3:::{name}")


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("abc", True),
        ("a.b-c_9", True),
        ("ab", False),
        ("ab-", False),
        (".ab", False),
        ("a/bc", False),
        ("a" * 128, True),
        ("a" * 129, False),
    ],
)
def test_a_trail_has_a_name_that_cloudtrail_admits(name: str, there: bool) -> None:
    space = on("trail/*", service="cloudtrail:${Region}:${Account}")
    assert holds(space, TRAILS + name) is there
    assert not holds(space, TRAILS.replace("eu-west-1", "west") + name)


def test_a_trail_is_shown_in_the_regions_that_are_known_by_a_name_that_people_give() -> None:
    template = "arn:${Partition}:cloudtrail:${Region}:${Account}:trail/"
    known = resources(f"{template}a?*b*", SUBJECT, colons=False).examples
    assert known[0] == f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/axmanagement-eventsb"
    elsewhere = replace(SUBJECT, partition="aws-iso")
    assert resources(f"{template}*", elsewhere, colons=False).examples == ()
