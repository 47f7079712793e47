"""The account that a guardrail is judged for, as far as requests depend on it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """One member account; `organization_path` is its `aws:PrincipalOrgPaths`.

    Source: IAM User Guide, "AWS Organizations entity path": `o-…/r-…/ou-…/`, which ends
    with the unit that the account is in.
    """

    account_id: str
    partition: str
    organization_id: str
    management_account_id: str
    organization_path: str
