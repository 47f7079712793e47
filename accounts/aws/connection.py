"""Sessions: whose credentials are used to read an organization."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.session import get_session

from accounts.aws.errors import explained
from accounts.aws.organizations import OrganizationsReader
from accounts.aws.rates import RateLimiter

if TYPE_CHECKING:
    from mypy_boto3_organizations import OrganizationsClient

# Calls that may be in flight at once; botocore's connection pool is as large.
CONCURRENCY: Final = 10
# Organizations has one endpoint per partition; botocore asks for a Region all the same. Where
# none is configured, the role's ARN tells the partition.
_DEFAULT_REGIONS: Final = {
    "aws": "us-east-1",
    "aws-cn": "cn-northwest-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-eusc": "eusc-de-east-1",
    "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1",
    "aws-iso-e": "eu-isoe-west-1",
    "aws-iso-f": "us-isof-south-1",
}


@dataclass(frozen=True, slots=True)
class Credentials:
    """Ambient credentials or a named profile, and from there perhaps a role to assume."""

    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None


def connect(credentials: Credentials | None = None, *, share: float = 1.0) -> OrganizationsReader:
    """A reader of the organization that these credentials belong to.

    `share` is the part of AWS's request rates to use. Nothing is called yet but what the
    credentials themselves need; raises `AwsError` where the profile does not exist.
    """
    with explained("DescribeOrganization"):
        client = _client(credentials or Credentials())
    return OrganizationsReader(client, RateLimiter(share))


def _client(credentials: Credentials) -> OrganizationsClient:
    session = boto3.Session(profile_name=credentials.profile)
    region = session.region_name or _default_region(credentials.role_arn)
    if credentials.role_arn:
        session = _assumed(session, credentials.role_arn, credentials.external_id, region)
    config = Config(
        connect_timeout=5,
        read_timeout=30,
        max_pool_connections=CONCURRENCY,
        # The default of three attempts loses a long crawl to one bad minute.
        retries={"mode": "standard", "total_max_attempts": 12},
    )
    return session.client("organizations", region_name=region, config=config)


def _default_region(role_arn: str | None) -> str:
    partition = role_arn.split(":")[1] if role_arn and role_arn.startswith("arn:") else "aws"
    return _DEFAULT_REGIONS.get(partition, _DEFAULT_REGIONS["aws"])


def _assumed(
    source: boto3.Session, role_arn: str, external_id: str | None, region: str
) -> boto3.Session:
    """A session of the role, renewed by itself when its hour is over."""
    core = get_session()
    extra = {"RoleSessionName": "guardrails-portal"}
    if external_id:
        extra["ExternalId"] = external_id
    fetcher = AssumeRoleCredentialFetcher(
        # STS has an endpoint per Region, and without a name of one there is no client.
        client_creator=partial(source._session.create_client, region_name=region),
        source_credentials=source.get_credentials(),
        role_arn=role_arn,
        extra_args=extra,
    )
    core._credentials = DeferredRefreshableCredentials(  # type: ignore[attr-defined]
        method="assume-role", refresh_using=fetcher.fetch_credentials
    )
    return boto3.Session(botocore_session=core, region_name=region)
