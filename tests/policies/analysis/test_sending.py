"""What a variable can be in a request that can be made: less than what AWS does not rule out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policies.analysis.scene import RESOURCE, Scene
from policies.analysis.sending import known_regions, sent, together
from policies.analysis.spaces import Kind, tag_values, texts
from policies.analysis.walks import Space
from tests.policies.analysis.universe import SUBJECT

TEMPLATE = "arn:${Partition}:organizations::${ManagementAccount}:ou/${OrganizationId}/ou-*"


def scene(service: str = "s3", template: str | None = None, partition: str = "aws") -> Scene:
    return Scene(service, template, Kind.ROLE, replace(SUBJECT, partition=partition), False)


@pytest.mark.parametrize(
    ("key", "space"),
    [
        ("aws:principaltag/team", tag_values()),
        ("aws:requesttag/cost/center", tag_values()),
        ("aws:useragent", texts()),
    ],
)
def test_texts_are_such_as_can_be_sent(key: str, space: Space) -> None:
    assert sent(scene(), key).space is space


def test_a_region_is_one_that_there_is() -> None:
    known = sent(scene(partition="aws-cn"), "aws:requestedregion").space
    assert known is not None
    assert known.examples == ("cn-north-1", "cn-northwest-1")
    assert known.complete


def test_a_resource_is_in_a_region_that_there_is() -> None:
    trail = "arn:${Partition}:cloudtrail:${Region}:${Account}:trail/*"
    ((variable, asked),) = known_regions(scene("cloudtrail", trail, "aws-cn"))
    assert variable == RESOURCE
    assert asked.holds(("arn:aws-cn:cloudtrail:cn-north-1:222222222222:trail/main",))
    assert not asked.holds(("arn:aws-cn:cloudtrail:cn-south-1:222222222222:trail/main",))
    ((variable, asked),) = known_regions(scene("cloudtrail", trail, "aws-elsewhere"))
    assert (variable, asked.never) == (RESOURCE, True)
    assert known_regions(scene(partition="aws-cn")) == ()


def test_a_unit_belongs_to_the_account_that_its_arn_names() -> None:
    found = sent(scene("organizations", TEMPLATE), "aws:resourceaccount")
    assert found.fixed == (SUBJECT.management_account_id,)


def test_what_hangs_together_does_so_whatever_else_is_mentioned() -> None:
    tags, factor = (
        frozenset(["aws:tagkeys", "aws:requesttag/a"]),
        frozenset(["aws:securetransport"]),
    )
    age = frozenset(["aws:multifactorauthage"])
    assert together(factor) == ()
    assert together(tags | age | factor) == (*together(age), *together(tags))
    assert (len(together(age)), len(together(tags))) == (2, 1)
