"""Facts on condition keys."""

from __future__ import annotations

import pytest

from policies.analysis.keys import _FACTS, KEYS, KeyType, Presence, Settled, facts_of, region_of
from policies.analysis.spelling import spelled


def test_key_names_are_found_in_any_case() -> None:
    assert facts_of("aws:PrincipalARN") is facts_of("AWS:principalarn")
    assert facts_of("aws:PrincipalArn").type is KeyType.ARN


def test_the_table_is_in_lower_case_and_says_no_key_twice() -> None:
    assert all(name == name.lower() == facts.name for name, facts in KEYS.items())
    assert len(KEYS) == len(_FACTS)


@pytest.mark.parametrize(
    "key",
    ["aws:PrincipalOrgPaths", "aws:ResourceOrgPaths", "aws:TagKeys", "aws:CalledVia"],
)
def test_keys_with_several_values_are_known(key: str) -> None:
    assert facts_of(key).multivalued


@pytest.mark.parametrize("family", ["aws:PrincipalTag", "aws:RequestTag", "iam:ResourceTag"])
@pytest.mark.parametrize("tag", ["Team", "Cost/Center"])
def test_a_tag_is_one_text_that_may_be_absent(family: str, tag: str) -> None:
    facts = facts_of(f"{family}/{tag}")
    assert facts.name == f"{family}/{tag}".lower()
    assert (facts.type, facts.multivalued, facts.known) == (KeyType.STRING, False, True)
    assert facts.presence is Presence.SOMETIMES


@pytest.mark.parametrize("key", ["custom:Key", "aws:PrincipalTag", "other:Tag/a"])
def test_of_any_other_key_nothing_is_presumed(key: str) -> None:
    facts = facts_of(key)
    assert not facts.known
    assert facts.multivalued is None
    assert (facts.presence, facts.settled) == (Presence.SOMETIMES, Settled.FREE)


def test_inside_an_scp_no_principal_is_an_aws_service() -> None:
    facts = facts_of("aws:PrincipalIsAWSService")
    assert (facts.settled, facts.constant) == (Settled.CONSTANT, "false")
    assert facts_of("aws:SourceArn").presence is Presence.NEVER


@pytest.mark.parametrize(
    ("service", "partition", "region"),
    [
        ("iam", "aws", "us-east-1"),
        ("IAM", "aws", "us-east-1"),
        ("organizations", "aws-cn", "cn-northwest-1"),
        ("organizations", "aws-us-gov", "us-gov-west-1"),
        ("cloudtrail", "aws", None),
        ("iam", "aws-elsewhere", None),
    ],
)
def test_global_services_are_called_in_one_region_of_a_partition(
    service: str, partition: str, region: str | None
) -> None:
    assert region_of(service, partition) == region


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("aws:principalorgid", "aws:PrincipalOrgID"),
        ("aws:principaltag/cost/center", "aws:PrincipalTag/cost/center"),
        ("custom:key", "custom:key"),
        ("custom:key/a", "custom:key/a"),
        ("aws:sourceip/a", "aws:sourceip/a"),
    ],
)
def test_keys_are_spelled_as_aws_does_as_far_as_they_are_known(key: str, expected: str) -> None:
    assert spelled(key) == expected
