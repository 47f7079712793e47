"""Requests that are shown to get through: keys hang together as AWS sends them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from policies import catalogue
from policies.analysis.proof import decide
from policies.analysis.subject import Subject
from policies.analysis.verdict import Request, Verdict
from tests.policies.analysis.universe import SUBJECT
from tests.policies.analysis.writing import EVERYTHING, deny, levels

BLOCK = "s3:PutAccountPublicAccessBlock"
TRAILS = "cloudtrail:*"


def verdict(guardrail: str, *statements: dict[str, Any], subject: Subject = SUBJECT) -> Verdict:
    (found,) = catalogue.guardrails(ids=[guardrail])
    return decide(found, levels([EVERYTHING, *statements]), subject, {})


def witness(action: str, *conditions: dict[str, Any]) -> Request:
    """One that gets past Denies of the action with these conditions."""
    guardrail = "prevent-s3-public-access" if action == BLOCK else "protect-cloudtrail"
    found = verdict(guardrail, *(deny(action, Condition=one) for one in conditions))
    assert found.witnesses, found.reason
    return found.witnesses[0]


@pytest.mark.parametrize(
    ("principals", "carried"),
    [
        ("arn:aws:iam::*:role/*", {"aws:PrincipalType": "AssumedRole"}),
        ("arn:aws:iam::*:user/ops/*", {"aws:PrincipalType": "User", "aws:username": "x"}),
        ("arn:aws:iam::*:root", {"aws:PrincipalType": "Account"}),
        (
            "arn:aws:sts::*:federated-user/*",
            {"aws:PrincipalType": "FederatedUser", "aws:userid": "222222222222:alice"},
        ),
    ],
)
def test_it_carries_what_each_request_of_such_a_principal_carries(
    principals: str, carried: dict[str, str]
) -> None:
    found = witness(BLOCK, {"ArnNotLike": {"aws:PrincipalArn": principals}})
    assert {key: ",".join(values) for key, values in found.context.items()} == {
        "aws:PrincipalAccount": "222222222222",
        "aws:PrincipalArn": found.principal_arn,
        "aws:PrincipalIsAWSService": "false",
        "aws:PrincipalOrgID": "o-exampleorg1",
        "aws:PrincipalOrgPaths": "o-exampleorg1/r-ab12/ou-ab12-11111111/",
        "aws:RequestedRegion": "us-east-1",
        **carried,
    }


@pytest.mark.parametrize(
    ("guardrail", "partition", "region"),
    [
        ("prevent-s3-public-access", "aws-cn", "cn-north-1"),
        ("prevent-organizations-actions", "aws-cn", "cn-northwest-1"),
        ("protect-cloudtrail", "aws-us-gov", "us-gov-west-1"),
        ("protect-cloudtrail", "aws-iso", "us-iso-east-1"),
        ("prevent-s3-public-access", "aws-iso-b", "us-isob-east-1"),
        ("prevent-login-profiles", "aws-iso-f", "us-isof-south-1"),
        ("prevent-organizations-actions", "aws-eusc", "eusc-de-east-1"),
    ],
)
def test_a_request_goes_to_a_region_of_its_partition(
    guardrail: str, partition: str, region: str
) -> None:
    found = verdict(guardrail, subject=replace(SUBJECT, partition=partition))
    assert {one.context["aws:RequestedRegion"] for one in found.witnesses} == {(region,)}


def test_a_request_goes_to_the_region_of_its_resource() -> None:
    found = verdict("protect-cloudtrail", deny(TRAILS, "arn:aws:cloudtrail:us-*:*:trail/*"))
    for one in found.witnesses:
        assert one.resource.split(":")[3] == "eu-west-1"
        assert one.context["aws:RequestedRegion"] == ("eu-west-1",)


def test_a_trail_is_asked_for_in_its_own_region() -> None:
    found = witness(TRAILS, {"StringNotEquals": {"aws:RequestedRegion": "ap-south-2"}})
    assert found.context["aws:RequestedRegion"] == ("ap-south-2",)
    assert found.resource.split(":")[3] == "ap-south-2"


def test_a_region_that_exists_is_shown_before_any_other() -> None:
    listed = ["us-*", "eu-*", "ap-*", "sa-*", "ca-central-*", "af-*", "il-*"]
    found = witness(BLOCK, {"StringLike": {"aws:RequestedRegion": listed}})
    assert found.context["aws:RequestedRegion"] == ("me-south-1",)


def test_a_vpc_is_only_seen_through_an_endpoint() -> None:
    found = witness(
        BLOCK, {"StringNotLike": {"aws:SourceVpc": "vpc-*"}, "Null": {"aws:SourceVpce": "true"}}
    ).context
    assert found["aws:SourceVpc"][0].startswith("vpc-")
    assert found["aws:SourceVpce"][0].startswith("vpce-")


def test_an_address_and_an_endpoint_are_never_sent_together() -> None:
    either = {
        "NotIpAddressIfExists": {"aws:SourceIp": "198.51.100.0/24"},
        "StringNotEqualsIfExists": {"aws:SourceVpce": "vpce-1a2b3c4d"},
    }
    found = witness(BLOCK, either).context
    assert ("aws:SourceIp" in found) != ("aws:SourceVpce" in found)


def test_the_age_of_a_second_factor_comes_with_one() -> None:
    found = witness(BLOCK, {"Null": {"aws:MultiFactorAuthAge": "true"}}).context
    assert found["aws:MultiFactorAuthPresent"] == ("true",)


def test_a_service_that_calls_on_does_so_by_forwarding() -> None:
    found = witness(BLOCK, {"Null": {"aws:CalledVia": "true"}}).context
    assert found["aws:CalledVia"] == ("cloudformation.amazonaws.com",)
    assert found["aws:ViaAWSService"] == ("true",)


def test_a_request_comes_straight_from_its_principal_unless_something_hangs_on_it() -> None:
    apart = {"Bool": {"aws:ViaAWSService": "false"}, "StringEquals": {"aws:PrincipalTag/a": "b"}}
    assert witness(BLOCK, apart).context["aws:ViaAWSService"] == ("false",)


def test_only_sessions_of_assume_root_carry_its_key() -> None:
    found = witness(BLOCK, {"Null": {"aws:AssumedRoot": "true"}})
    assert found.principal_arn.endswith(":root")


@pytest.mark.parametrize("key", ["aws:FederatedProvider", "aws:SourceIdentity"])
def test_only_sessions_of_roles_carry(key: str) -> None:
    roles = {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}
    assert ":role/" in witness(BLOCK, {"Null": {key: "true"}}).principal_arn
    both = verdict(
        "prevent-s3-public-access",
        deny(BLOCK, Condition={"Null": {key: "true"}}),
        deny(BLOCK, Condition=roles),
    )
    assert not both.witnesses
    assert not both.closed_actions


def test_a_role_has_no_long_term_credentials() -> None:
    found = witness(BLOCK, {"Null": {"aws:TokenIssueTime": "false"}})
    assert ":user/" in found.principal_arn
    assert "aws:TokenIssueTime" not in found.context


@pytest.mark.parametrize(
    ("principals", "hours"),
    [
        ("arn:aws:iam::*:role/*", 12),
        ("arn:aws:iam::*:user/*", 36),
        ("arn:aws:sts::*:federated-user/*", 36),
        ("arn:aws:iam::*:root", 1),
    ],
)
def test_credentials_are_as_old_as_aws_makes_them_and_no_older(principals: str, hours: int) -> None:
    """Source: AWS STS API Reference, DurationSeconds of each request for a session."""
    oldest = f"{SUBJECT.since - timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"
    others = {"ArnNotLike": {"aws:PrincipalArn": principals}}
    without = {"Null": {"aws:TokenIssueTime": "true"}}
    younger = {"DateGreaterThan": {"aws:TokenIssueTime": oldest}}
    found = witness(BLOCK, others, without, younger)
    assert found.context["aws:TokenIssueTime"] == (oldest,)
    as_old = {"DateGreaterThanEquals": {"aws:TokenIssueTime": oldest}}
    denies = [deny(BLOCK, Condition=one) for one in (others, without, as_old)]
    assert not verdict("prevent-s3-public-access", *denies).witnesses


def test_an_action_carries_its_own_keys_alone() -> None:
    boundary = {"StringNotEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}
    found = verdict("protect-infosec-roles", deny("iam:*", Condition=boundary))
    assert found.open_actions == ("iam:AttachRolePolicy", "iam:DetachRolePolicy")
    assert found.closed_actions == ()
    assert "iam:PolicyARN" in found.reason


def test_an_account_or_unit_is_named_by_a_well_formed_arn() -> None:
    found = verdict("prevent-organizations-actions")
    resources = {one.action: one.resource.rpartition(":")[2] for one in found.witnesses}
    assert resources["organizations:CloseAccount"] == "account/o-exampleorg1/222222222222"
    assert resources["organizations:DeleteOrganizationalUnit"] == (
        "ou/o-exampleorg1/ou-ab12-11112222"
    )
