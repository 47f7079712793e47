"""A guardrail as the engine sees it: which requests must not get through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Parameters:
    """What an organization may set; the same for all five guardrails.

    `exempt_principals` are ARN patterns that match as `ArnLike` does.
    `organizations_scope` is "all" or "leave". Source: verdict specification, section 1.
    """

    security_role: str = "InfoSec*"
    trail: str = "*"
    organizations_scope: str = "all"
    exempt_principals: tuple[str, ...] = ("arn:*:iam::*:role/InfoSec*",)
    colon_paths: bool = False


@dataclass(frozen=True, slots=True)
class Guardrail:
    """One guardrail with its parameters filled in.

    `actions` maps each action that must be blocked, in AWS's spelling, to the ARN
    templates it can be called on, wildcards included, with `${Partition}`, `${Account}`
    (the account judged), `${ManagementAccount}` and `${OrganizationId}` to be filled in;
    an empty tuple is an action without resource-level permissions, whose resource is the
    literal `*`. `also` are actions that are shown as also closed or open, not required.
    """

    id: str
    number: int
    title: str
    rationale: str
    actions: Mapping[str, tuple[str, ...]]
    also: Mapping[str, tuple[str, ...]]
    parameters: Parameters
    # Names of the fields of `Parameters` that this guardrail reads.
    parameter_names: tuple[str, ...]
    # The reference SCP with the parameters filled in, as a JSON text.
    reference_scp: str
    # By action the condition keys that the Service Authorization Reference lists for it, in
    # lower case, of tags the family alone; an action that is not named may carry any.
    condition_keys: Mapping[str, frozenset[str]] = field(default_factory=dict)
