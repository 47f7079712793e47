"""What follows from a request without being said."""

from __future__ import annotations

import pytest

from policies.analysis.request_context import complete_context, is_service_linked_role, placed
from policies.analysis.verdict import Request

TRAIL = "arn:aws:cloudtrail:eu-west-1:222222222222:trail/main"


def context_of(
    principal: str, action: str = "s3:ListBucket", resource: str = "*"
) -> dict[str, str]:
    found = complete_context(Request(action, resource, principal))
    return {key: values[0] for key, values in found.items()}


@pytest.mark.parametrize(
    ("principal", "follows"),
    [
        (
            "arn:aws:iam::222222222222:root",
            {"aws:principaltype": "Account", "aws:userid": "222222222222"},
        ),
        (
            "arn:aws:iam::222222222222:user/path/of/alice",
            {"aws:principaltype": "User", "aws:username": "alice"},
        ),
        ("arn:aws:iam::222222222222:role/a/Admin", {"aws:principaltype": "AssumedRole"}),
        # A path may hold colons.
        ("arn:aws:iam::222222222222:role/a:b/Admin", {"aws:principaltype": "AssumedRole"}),
        (
            "arn:aws:sts::222222222222:federated-user/bob",
            {"aws:principaltype": "FederatedUser", "aws:userid": "222222222222:bob"},
        ),
        ("arn:aws:iam::222222222222:other/a", {}),
    ],
)
def test_keys_of_the_principal_follow_from_its_arn(principal: str, follows: dict[str, str]) -> None:
    assert context_of(principal) == follows | {
        "aws:principalarn": principal,
        "aws:principalaccount": "222222222222",
        "aws:principalisawsservice": "false",
    }


def test_the_resources_account_follows_where_its_arn_names_one() -> None:
    root = "arn:aws:iam::333333333333:root"
    assert context_of(root, resource=TRAIL)["aws:resourceaccount"] == "222222222222"
    for other in ("*", "arn:aws:s3:::bucket", "arn:aws:organizations::aws:policy/x/p-1"):
        assert "aws:resourceaccount" not in context_of(root, resource=other)


def test_iam_and_organizations_are_called_in_one_region_of_the_partition() -> None:
    root = "arn:aws-cn:iam::222222222222:root"
    assert context_of(root, "iam:CreateRole")["aws:requestedregion"] == "cn-north-1"
    assert context_of(root.replace("-cn", ""), "IAM:x")["aws:requestedregion"] == "us-east-1"
    assert "aws:requestedregion" not in context_of(root, "s3:ListBucket")


def test_what_the_request_says_is_never_changed() -> None:
    given = {"AWS:PrincipalTYPE": ("x", "y"), "aws:RequestedRegion": ()}
    found = complete_context(Request("iam:CreateRole", "*", "arn:aws:iam::2:root", given))
    assert found["aws:principaltype"] == ("x", "y")
    assert found["aws:requestedregion"] == ()


def test_a_text_that_is_no_arn_names_no_account() -> None:
    assert context_of("someone")["aws:principalaccount"] == ""


def test_service_linked_roles_are_told_by_their_path() -> None:
    role = "arn:aws:iam::222222222222:role/aws-service-role/a.amazonaws.com/AWSServiceRoleForA"
    assert is_service_linked_role(role)
    assert not is_service_linked_role("arn:aws:iam::222222222222:role/aws-service-roles")


def test_the_principals_place_is_added_where_the_request_does_not_say_it() -> None:
    one = Request("a:B", "*", "p", {"AWS:principalorgid": ("o-other",)})
    assert placed(one, "o-1", "o-1/r-1/").context == {
        "AWS:principalorgid": ("o-other",),
        "aws:PrincipalOrgPaths": ("o-1/r-1/",),
    }
    assert placed(Request("a:B", "*", "p"), "o-1", "o-1/r-1/").context == {
        "aws:PrincipalOrgID": ("o-1",),
        "aws:PrincipalOrgPaths": ("o-1/r-1/",),
    }
