"""The path from the root to an account, with the SCPs attached at each level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policies.models import (
    AccountVersion,
    Assessment,
    AttachmentVersion,
    PolicyVersion,
    UnitVersion,
)
from policies.selectors.attachments import QUOTA, near_quota
from policies.selectors.headings import Heading


@dataclass(frozen=True, slots=True)
class AttachedPolicy:
    """`decides` are the guardrails on which it decides, here."""

    id: str
    name: str
    aws_managed: bool
    decides: tuple[Heading, ...] = ()


@dataclass(frozen=True, slots=True)
class PathLevel:
    """`kind` is "Root", "OU" or "Account"."""

    id: str
    name: str
    kind: str
    policies: tuple[AttachedPolicy, ...]

    @property
    def warning(self) -> str:
        """A sentence where hardly another SCP fits, else empty."""
        attached = len(self.policies)
        if not near_quota(attached):
            return ""
        room = f"room for {QUOTA - attached} more" if attached < QUOTA else "no other fits"
        return f"{attached} of at most {QUOTA} SCPs are attached here: {room}."


def account_path(assessment: Assessment, account: AccountVersion) -> tuple[PathLevel, ...]:
    """From the root down to the account; three queries. `account` is that of the assessment."""
    return _path(assessment, account.unit, account)


def unit_path(assessment: Assessment, unit: UnitVersion) -> tuple[PathLevel, ...]:
    """From the root down to the unit; three queries. `unit` is that of the assessment."""
    return _path(assessment, unit)


def _path(
    assessment: Assessment, unit: UnitVersion, account: AccountVersion | None = None
) -> tuple[PathLevel, ...]:
    ids = unit.path.rstrip("/").split("/")
    units = UnitVersion.objects.at(assessment).filter(aws_id__in=ids)
    policies = _attached(assessment, [*ids, *([account.aws_id] if account else [])])
    levels = [
        PathLevel(one.aws_id, one.name, "OU" if one.parent_aws_id else "Root", policies[one.aws_id])
        for one in sorted(units, key=lambda one: ids.index(one.aws_id))
    ]
    if account:
        levels.append(PathLevel(account.aws_id, account.name, "Account", policies[account.aws_id]))
    return tuple(levels)


def _attached(
    assessment: Assessment, targets: Sequence[str]
) -> Mapping[str, tuple[AttachedPolicy, ...]]:
    """By target, in the order of names."""
    attachments = list(
        AttachmentVersion.objects.at(assessment)
        .filter(target_aws_id__in=targets)
        .values_list("policy_aws_id", "target_aws_id")
    )
    policies = (
        PolicyVersion.objects.at(assessment)
        .filter(aws_id__in={policy for policy, _ in attachments})
        .defer("content")
    )
    found: dict[str, list[AttachedPolicy]] = {target: [] for target in targets}
    for policy in policies.order_by("name", "aws_id"):
        one = AttachedPolicy(policy.aws_id, policy.name, policy.aws_managed)
        for target in (target for id, target in attachments if id == policy.aws_id):
            found[target].append(one)
    return {target: tuple(attached) for target, attached in found.items()}
