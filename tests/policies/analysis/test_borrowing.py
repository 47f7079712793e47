"""Keys whose value is a part of an ARN: the ARNs of a pattern are those whose part it matches."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from policies.analysis.borrowing import borrowing, lenders
from policies.analysis.patterns import wild
from policies.analysis.scene import PRINCIPAL, RESOURCE, Scene
from policies.analysis.spaces import Kind
from tests.policies.analysis.universe import ACCOUNT, SUBJECT

TRAIL = "arn:${Partition}:cloudtrail:${Region}:${Account}:trail/*"


def scene(kind: Kind, service: str = "iam", template: str | None = None) -> Scene:
    return Scene(service, template, kind, SUBJECT, False)


IN_A_REGION = scene(Kind.ROLE, "cloudtrail", TRAIL)
# ARNs, each with the value of the key.
USERS = {
    f"arn:aws:iam::{ACCOUNT}:user/{path}{name}": name
    for path in ("", "ops/", "a/ops/")
    for name in ("bob", "ops", "opsbob")
}
FEDERATED = {
    f"arn:aws:sts::{ACCOUNT}:federated-user/{name}": f"{ACCOUNT}:{name}" for name in ("bo", "2b")
}
TRAILS = {
    f"arn:aws:cloudtrail:{region}:{ACCOUNT}:trail/{name}": region
    for region in ("eu-west-1", "us-east-1")
    for name in ("main", "x-1:y")
}
OF_NAMES = ["bob", "ops", "*", "ops*", "*ops", "ops/*", "*/bob", "?ob", "b*b", "o*s/b*"]
OF_IDS = [
    "*",
    f"{ACCOUNT}:bo",
    f"{ACCOUNT}*",
    "bo",
    "2*:bo",
    *("2" * count + "*" + "2" * more + ":b*" for count in range(3) for more in range(3)),
    "*?bo",
    "?" * 12 + ":*",
    "?" * 13 + "bo",
    "?" * 14 + "bo",
    "22?*2?:2b",
    "*:*b",
    "*2b",
]
OF_REGIONS = [
    "eu-west-1",
    "*",
    "eu-*",
    "*-1",
    "?u-west-1",
    "*east*",
    "eu*:*",
    "*:x-1",
    "*x-1",
    "us-*-1",
]


@pytest.mark.parametrize(
    ("key", "asked_in", "values", "patterns"),
    [
        ("aws:username", scene(Kind.USER), USERS, OF_NAMES),
        ("aws:userid", scene(Kind.FEDERATED_USER), FEDERATED, OF_IDS),
        ("aws:requestedregion", IN_A_REGION, TRAILS, OF_REGIONS),
    ],
)
def test_the_arns_of_a_pattern_are_those_whose_part_it_matches(
    key: str, asked_in: Scene, values: dict[str, str], patterns: list[str]
) -> None:
    borrowed = borrowing(key, asked_in)
    assert borrowed is not None
    assert borrowed.variable == (RESOURCE if asked_in.regional else PRINCIPAL)
    for pattern in patterns:
        language = borrowed.language([wild(pattern)])
        found = {arn for arn in values if language.matches(arn)}
        assert found == {arn for arn, value in values.items() if fnmatchcase(value, pattern)}


def test_what_two_scenes_share_lends_both_the_same() -> None:
    assert lenders("aws:requestedregion", IN_A_REGION)
    assert not lenders("aws:requestedregion", scene(Kind.ROLE, "cloudtrail"))
    assert not lenders("aws:useragent", IN_A_REGION)
    for key in ("aws:username", "aws:userid"):
        assert lenders(key, IN_A_REGION) != lenders(key, scene(Kind.USER, "cloudtrail", TRAIL))
