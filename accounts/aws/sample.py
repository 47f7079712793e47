"""Creating an organization from a file, through the AWS API, at an endpoint of this machine.

For the demo and the tests: nothing here ever speaks to AWS.
"""

from __future__ import annotations

import ipaddress
import json
import os
import urllib.request
from collections.abc import Callable
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from accounts.aws.errors import explained
from accounts.sample import SampleAccount, SampleOrganization, SampleUnit
from accounts.snapshot import AccountState

if TYPE_CHECKING:
    from mypy_boto3_organizations import OrganizationsClient

_SCP: Final = "SERVICE_CONTROL_POLICY"
_FULL_ACCESS: Final = "p-FullAWSAccess"
# moto draws ids from a generator: with the same seed a restarted demo finds its organization.
_SEED: Final = 5

# What was made: "SCPs", "OUs", "accounts".
OnProgress = Callable[[str], None]


class NotLoopback(Exception):
    """The endpoint is not on this machine; its text is the sentence for a person."""


def create_sample(sample: SampleOrganization, on_progress: OnProgress = lambda _: None) -> None:
    """Create the organization at `AWS_ENDPOINT_URL`, where there is none yet.

    Raises `NotLoopback` for any other address than a loopback one, and `AwsError`.
    """
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    _refuse_what_is_not_loopback(endpoint)
    client = boto3.client(
        "organizations",
        endpoint_url=endpoint,
        region_name="us-east-1",
        # An organization half made by a first try is not made whole by a second.
        config=Config(retries={"mode": "standard", "total_max_attempts": 1}),
    )
    with explained("CreateOrganization"):
        _seed(endpoint)
        _Creation(client, sample, on_progress).run()


def _refuse_what_is_not_loopback(endpoint: str) -> None:
    host = urlsplit(endpoint).hostname or ""
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise NotLoopback(
            "The sample organization is only created at a loopback address; set "
            "AWS_ENDPOINT_URL to a moto server of this machine, such as http://127.0.0.1:5000."
        )


def _seed(endpoint: str) -> None:
    request = urllib.request.Request(f"{endpoint}/moto-api/seed?a={_SEED}", method="POST")  # noqa: S310 - loopback, checked
    urllib.request.urlopen(request, timeout=5).close()  # noqa: S310 - as above


class _Creation:
    """One call after another: the order decides which ids moto gives."""

    def __init__(
        self, client: OrganizationsClient, sample: SampleOrganization, on_progress: OnProgress
    ) -> None:
        self._client = client
        self._sample = sample
        self._on_progress = on_progress
        self._policy_ids: dict[str, str] = {}

    def run(self) -> None:
        self._client.create_organization(FeatureSet="ALL")
        root = self._client.list_roots()["Roots"][0]["Id"]
        self._client.enable_policy_type(RootId=root, PolicyType=_SCP)
        for name, document in self._sample.policies.items():
            self._policy_ids[name] = self._policy(name, json.dumps(document, indent=2))
        self._fill(root, self._sample.root, parent_id=root)

    def _policy(self, name: str, content: str) -> str:
        self._on_progress("SCPs")
        made = self._client.create_policy(Name=name, Description="", Content=content, Type=_SCP)
        return made["Policy"]["PolicySummary"]["Id"]

    def _fill(self, unit_id: str, unit: SampleUnit, parent_id: str) -> None:
        self._attach(unit_id, unit.scps)
        if not unit.full_aws_access:
            self._client.detach_policy(PolicyId=_FULL_ACCESS, TargetId=unit_id)
        for account in unit.each_account():
            self._account(account, unit_id, parent_id)
        for below in unit.units:
            self._on_progress("OUs")
            made = self._client.create_organizational_unit(ParentId=unit_id, Name=below.name)
            self._fill(made["OrganizationalUnit"]["Id"], below, parent_id)

    def _account(self, account: SampleAccount, unit_id: str, root_id: str) -> None:
        self._on_progress("accounts")
        letters = "".join(one if one.isalnum() else "-" for one in account.name.lower())
        made = self._client.create_account(
            AccountName=account.name, Email=f"aws+{letters}@example.com"
        )
        account_id = made["CreateAccountStatus"]["AccountId"]
        if unit_id != root_id:
            self._client.move_account(
                AccountId=account_id, SourceParentId=root_id, DestinationParentId=unit_id
            )
        self._attach(account_id, account.scps)
        for service in account.delegated_administrator_of:
            self._client.register_delegated_administrator(
                AccountId=account_id, ServicePrincipal=service
            )
        if account.state is AccountState.SUSPENDED:
            self._client.close_account(AccountId=account_id)

    def _attach(self, target_id: str, scps: tuple[str, ...]) -> None:
        for name in scps:
            self._client.attach_policy(PolicyId=self._policy_ids[name], TargetId=target_id)
