"""Reads and errors with botocore's own Stubber: what AWS may answer, and what we make of it."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError, ReadTimeoutError
from botocore.stub import Stubber

from accounts.aws.connection import Credentials, connect
from accounts.aws.errors import AwsError, explained
from accounts.aws.organizations import OrganizationsReader
from accounts.aws.rates import RateLimiter
from accounts.reader import Target, Vanished
from accounts.snapshot import PolicyTypeStatus

Stubbed = tuple[OrganizationsReader, Stubber]


@pytest.fixture
def stubbed() -> Iterator[Stubbed]:
    client = boto3.client(
        "organizations",
        region_name="us-east-1",
        aws_access_key_id="stubbed",
        aws_secret_access_key="stubbed",
    )
    with Stubber(client) as stubber:
        yield OrganizationsReader(client, RateLimiter(1000)), stubber
        stubber.assert_no_pending_responses()


def test_pages_are_followed_to_the_last_token_empty_ones_too(stubbed: Stubbed) -> None:
    reader, stubber = stubbed
    row = {"TargetId": "111111111111", "Name": "one", "Type": "ACCOUNT"}
    stubber.add_response("list_targets_for_policy", {"Targets": [], "NextToken": "a"})
    stubber.add_response("list_targets_for_policy", {"Targets": [row], "NextToken": "b"})
    stubber.add_response("list_targets_for_policy", {"Targets": [], "NextToken": "c"})
    stubber.add_response("list_targets_for_policy", {"Targets": []})
    assert reader.targets("p-x") == [Target("111111111111", "one", "ACCOUNT")]


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ([{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}], PolicyTypeStatus.ENABLED),
        (
            [{"Type": "SERVICE_CONTROL_POLICY", "Status": "PENDING_DISABLE"}],
            PolicyTypeStatus.PENDING_DISABLE,
        ),
        ([{"Type": "TAG_POLICY", "Status": "ENABLED"}], PolicyTypeStatus.DISABLED),
        ([], PolicyTypeStatus.DISABLED),
    ],
)
def test_whether_scps_are_enabled_is_the_roots_to_say(
    stubbed: Stubbed, types: list[dict[str, str]], expected: PolicyTypeStatus
) -> None:
    reader, stubber = stubbed
    root = {"Id": "r-ab12", "Name": "Root", "PolicyTypes": types}
    stubber.add_response("list_roots", {"Roots": [root]})
    assert reader.root()[1] is expected


def test_state_decides_and_status_stands_in(stubbed: Stubbed) -> None:
    reader, stubber = stubbed
    rows = [
        {"Id": "111111111111", "State": "CLOSED", "Status": "SUSPENDED"},
        {"Id": "222222222222", "Status": "PENDING_CLOSURE"},
    ]
    stubber.add_response("list_accounts", {"Accounts": rows})
    assert [one.account.state for one in reader.accounts()] == ["CLOSED", "PENDING_CLOSURE"]


def test_a_policy_that_is_gone_has_vanished_rather_than_failed(stubbed: Stubbed) -> None:
    reader, stubber = stubbed
    stubber.add_client_error("describe_policy", "PolicyNotFoundException")
    with pytest.raises(Vanished):
        reader.policy("p-x")


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("AccessDeniedException", "allow the caller organizations:DescribeOrganization"),
        ("AWSOrganizationsNotInUseException", "this account is in no organization"),
        ("ExpiredTokenException", "the credentials have expired"),
        ("UnrecognizedClientException", "the credentials are not valid"),
        ("TooManyRequestsException", "try again later"),
        ("SomethingNewException", "see AWS's documentation"),
    ],
)
def test_an_error_names_the_api_the_code_and_the_way_out(
    stubbed: Stubbed, code: str, advice: str
) -> None:
    reader, stubber = stubbed
    stubber.add_client_error(
        "describe_organization", code, service_message="AKIAIOSFODNN7EXAMPLE is secret"
    )
    with pytest.raises(AwsError) as failed:
        reader.organization()
    sentence = str(failed.value)
    assert sentence.startswith(f"organizations:DescribeOrganization failed with {code}: ")
    assert advice in sentence
    assert "AKIA" not in sentence
    assert failed.value.code == code


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (NoCredentialsError(), "no AWS credentials were found; set AWS_PROFILE"),
        (EndpointConnectionError(endpoint_url="http://x"), "AWS can't be reached"),
        (ReadTimeoutError(endpoint_url="http://x"), "AWS can't be reached"),
    ],
)
def test_what_never_reached_aws_says_what_to_do(error: Exception, advice: str) -> None:
    with pytest.raises(AwsError, match=advice), explained("ListRoots"):
        raise error


def test_a_profile_that_does_not_exist_is_said_before_any_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with pytest.raises(
        AwsError, match=r'ProfileNotFound: ~/\.aws/config has no profile "no-such-profile"'
    ):
        connect(Credentials(profile="no-such-profile"))
