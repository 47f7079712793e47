"""The requests in scope: on what and by whom a guardrail's actions must not get through.

Source: IAM User Guide, "IAM and AWS STS quotas, name requirements" (names), and
"IAM identifiers" (ARNs of principals).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from policies.analysis.patterns import NAME_CHARACTERS, Pattern, StepLimit, shortest

# What a wildcard of a resource stands for: characters of names, and "/" between them.
_RESOURCE_CHARACTERS: Final = NAME_CHARACTERS + "/"
# Principals that an engineer knows, tried before any is invented.
_KNOWN_PRINCIPALS: Final = (
    "arn:{partition}:iam::{account}:role/OrganizationAccountAccessRole",
    "arn:{partition}:iam::{account}:user/alice",
    "arn:{partition}:iam::{account}:root",
)
_PRINCIPALS: Final = (
    "arn:{partition}:iam::{account}:role/*",
    "arn:{partition}:iam::{account}:user/*",
    "arn:{partition}:sts::{account}:federated-user/*",
)
# Where the calls of services with one endpoint for a partition are signed.
# Source: IAM User Guide, "AWS global condition context keys", aws:RequestedRegion.
_HOME_REGIONS: Final = {
    "aws": "us-east-1",
    "aws-cn": "cn-northwest-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-eusc": "eusc-de-east-1",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """The account that is judged, and the organization it is in."""

    account_id: str
    partition: str
    organization_id: str
    management_account_id: str

    @property
    def home_region(self) -> str:
        return _HOME_REGIONS.get(self.partition, "us-east-1")

    def resource(self, template: str) -> Pattern:
        """The ARNs that a template of the catalogue stands for in this account."""
        filled = (
            template.replace("${Partition}", self.partition)
            .replace("${Account}", self.account_id)
            .replace("${ManagementAccount}", self.management_account_id)
            .replace("${OrganizationId}", self.organization_id)
            .replace("${Region}", self.home_region)
        )
        return Pattern(filled, free=_RESOURCE_CHARACTERS)

    def principal(self, exempt: tuple[str, ...]) -> str | None:
        """Some principal of the account that is not exempt; None where all are."""
        barred = [Pattern(one, segments=True) for one in exempt]
        barred.append(Pattern("arn:*:iam::*:role/aws-service-role/*", segments=True))
        for template in _KNOWN_PRINCIPALS:
            known = template.format(partition=self.partition, account=self.account_id)
            if not any(one.matches(known) for one in barred):
                return known
        for template in _PRINCIPALS:
            text = template.format(partition=self.partition, account=self.account_id)
            try:
                found = shortest(Pattern(text, free=NAME_CHARACTERS), none_of=barred)
            except StepLimit:
                continue
            if found and not found.endswith("/"):
                return found
        return None

    def context(self, principal: str) -> dict[str, tuple[str, ...]]:
        """The keys whose values follow from the account and the principal."""
        return {
            "aws:PrincipalAccount": (self.account_id,),
            "aws:PrincipalArn": (principal,),
            "aws:PrincipalIsAWSService": ("false",),
            "aws:PrincipalOrgID": (self.organization_id,),
            "aws:RequestedRegion": (self.home_region,),
        }
