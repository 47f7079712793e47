"""How pages name guardrails and statuses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from policies import catalogue
from policies.analysis.verdict import Status

# What fits above a column.
_SHORT: Final = {
    "protect-infosec-roles": "InfoSec roles",
    "prevent-login-profiles": "Login profiles",
    "protect-cloudtrail": "CloudTrail",
    "prevent-s3-public-access": "S3 public access",
    "prevent-organizations-actions": "Organizations",
}

# In the order in which a person works through them: worst first.
STATUS_LABELS: Final = {
    Status.MISSING: "Missing",
    Status.PARTIAL: "Partial",
    Status.INDETERMINATE: "Indeterminate",
    Status.ENFORCED: "Enforced",
    Status.NOT_APPLICABLE: "Not applicable",
}


@dataclass(frozen=True, slots=True)
class Heading:
    """A guardrail as pages head it; `short` fits above a column."""

    id: str
    number: int
    title: str
    short: str


@cache
def headings() -> tuple[Heading, ...]:
    """Every guardrail of the catalogue, in its order."""
    return tuple(
        Heading(one.id, one.number, one.title, _SHORT.get(one.id, one.title))
        for one in catalogue.guardrails()
    )
