"""The words in which the portal answers: status, evidence, witness, verdict."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field


class Status(enum.StrEnum):
    ENFORCED = "enforced"
    PARTIAL = "partial"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"
    INDETERMINATE = "indeterminate"

    @property
    def lacking(self) -> bool:
        """Whether an account with this status *lacks* the guardrail."""
        return self in (Status.PARTIAL, Status.MISSING, Status.INDETERMINATE)


class Effect(enum.StrEnum):
    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A statement that decides: which one, where it is attached, what it does.

    `statement` counts from 0. For a level at which nothing allows the request,
    `policy_id` is empty, `statement` is -1 and `effect` is Allow: the missing Allow.
    """

    policy_id: str
    statement: int
    sid: str | None
    target_id: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class Request:
    """One concrete request; keys of `context` are global or service condition keys.

    `resource` is `*` for an action without resource-level permissions.
    """

    action: str
    resource: str
    principal_arn: str
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of one account and one guardrail.

    `witnesses` are requests in scope that get through, at most one per open action.
    """

    guardrail: str
    status: Status
    reason: str
    open_actions: tuple[str, ...] = ()
    closed_actions: tuple[str, ...] = ()
    witnesses: tuple[Request, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    notes: tuple[str, ...] = ()
