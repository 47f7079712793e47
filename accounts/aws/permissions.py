"""Whether a crawl would be let in: each API that it needs, asked for one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from accounts.aws.connection import Credentials, connect
from accounts.aws.errors import AwsError, explained
from accounts.aws.rates import RATES

if TYPE_CHECKING:
    from accounts.aws.organizations import OrganizationsReader

# What the policy of whoever crawls has to allow, by IAM's names.
ACTIONS: Final = tuple(sorted(f"organizations:{api}" for api in RATES))

_DENIED: Final = {"AccessDeniedException", "AccessDenied"}
_SCP: Final = {"Filter": "SERVICE_CONTROL_POLICY", "MaxResults": 1}


def reading_policy() -> dict[str, Any]:
    """The least that whoever crawls has to be allowed, as an IAM policy."""
    statement = {
        "Sid": "ReadTheOrganization",
        "Effect": "Allow",
        "Action": list(ACTIONS),
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def trust_policy(external_id: str) -> dict[str, Any]:
    """Who may assume the role: the portal's own role, whose account the reader fills in.

    Source: IAM User Guide, "Access to AWS accounts owned by third parties".
    """
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111111111111:role/guardrails-portal"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


@dataclass(frozen=True, slots=True)
class Trial:
    """`missing` are actions of IAM, such as organizations:ListRoots, in the order of need."""

    organization_id: str
    partition: str
    missing: tuple[str, ...]

    @property
    def sentence(self) -> str:
        if not self.missing:
            return f"{self.organization_id} (partition {self.partition}) can be crawled."
        are = "permission is" if len(self.missing) == 1 else "permissions are"
        return (
            f"{self.organization_id} (partition {self.partition}) is reached, but a crawl would "
            f"fail, since the {are} missing: {', '.join(self.missing)}."
        )


def try_permissions(credentials: Credentials) -> Trial:
    """Ask each API once; raises `AwsError` where the organization itself can't be reached."""
    reader = connect(credentials)
    organization = reader.organization()
    trial = _Trial(reader)
    root = trial.first("ListRoots", "Roots", {})
    if root is not None:
        parent = {"ParentId": root["Id"], "MaxResults": 1}
        unit = trial.first("ListOrganizationalUnitsForParent", "OrganizationalUnits", parent)
        if unit is not None:
            trial.ask("DescribeOrganizationalUnit", {"OrganizationalUnitId": unit["Id"]})
        trial.ask("ListAccountsForParent", parent)
        trial.ask("ListPoliciesForTarget", {"TargetId": root["Id"], **_SCP})
    trial.ask("ListAccounts", {"MaxResults": 1})
    trial.ask("DescribeAccount", {"AccountId": organization.management_account_id})
    trial.ask("ListParents", {"ChildId": organization.management_account_id})
    policy = trial.first("ListPolicies", "Policies", _SCP)
    if policy is not None:
        trial.ask("ListTargetsForPolicy", {"PolicyId": policy["Id"], "MaxResults": 1})
        trial.ask("DescribePolicy", {"PolicyId": policy["Id"]})
    return Trial(organization.id, organization.partition, tuple(trial.missing))


class _Trial:
    def __init__(self, reader: OrganizationsReader) -> None:
        self.missing: list[str] = []
        self._reader = reader

    def first(self, api: str, key: str, parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The first row, or None where there is none or the API is denied."""
        rows = self.ask(api, parameters).get(key, [])
        return rows[0] if rows else None

    def ask(self, api: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        method: Callable[..., Mapping[str, Any]] = self._reader.method(api)
        try:
            with explained(api):
                return method(**parameters)
        except AwsError as error:
            if error.code not in _DENIED:
                raise
            self.missing.append(f"organizations:{api}")
            return {}
