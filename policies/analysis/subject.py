"""The account that a guardrail is judged for, as far as requests depend on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Subject:
    """One member account; `organization_path` is its `aws:PrincipalOrgPaths`, `since` aware.

    Source: IAM User Guide, "AWS Organizations entity path": `o-…/r-…/ou-…/`, which ends
    with the unit that the account is in.
    """

    account_id: str
    partition: str
    organization_id: str
    management_account_id: str
    organization_path: str
    # Whoever asks can send requests from then on alone. No text of a request hangs on it but
    # times, so subjects that differ in nothing else share what is remembered of their texts.
    since: datetime = field(compare=False)
