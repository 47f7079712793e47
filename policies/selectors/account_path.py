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
from policies.selectors.headings import Heading
from policies.selectors.policy_text import indented


@dataclass(frozen=True, slots=True)
class AttachedPolicy:
    """`text` is the policy as AWS stores it, indented where that changes nothing."""

    id: str
    name: str
    aws_managed: bool
    text: str
    # The guardrails on which it decides, here.
    decides: tuple[Heading, ...] = ()


@dataclass(frozen=True, slots=True)
class PathLevel:
    """`kind` is "Root", "OU" or "Account"."""

    id: str
    name: str
    kind: str
    policies: tuple[AttachedPolicy, ...]


def account_path(assessment: Assessment, account: AccountVersion) -> tuple[PathLevel, ...]:
    """From the root down; three queries. `account` is that of the assessment."""
    ids = account.unit.path.rstrip("/").split("/")
    units = UnitVersion.objects.at(assessment).filter(aws_id__in=ids)
    policies = _attached(assessment, [*ids, account.aws_id])
    return (
        *(
            PathLevel(
                id=unit.aws_id,
                name=unit.name,
                kind="OU" if unit.parent_aws_id else "Root",
                policies=policies[unit.aws_id],
            )
            for unit in sorted(units, key=lambda unit: ids.index(unit.aws_id))
        ),
        PathLevel(
            id=account.aws_id,
            name=account.name,
            kind="Account",
            policies=policies[account.aws_id],
        ),
    )


def _attached(
    assessment: Assessment, targets: Sequence[str]
) -> Mapping[str, tuple[AttachedPolicy, ...]]:
    """By target, in the order of names."""
    attachments = list(
        AttachmentVersion.objects.at(assessment)
        .filter(target_aws_id__in=targets)
        .values_list("policy_aws_id", "target_aws_id")
    )
    policies = PolicyVersion.objects.at(assessment).filter(
        aws_id__in={policy for policy, _ in attachments}
    )
    found: dict[str, list[AttachedPolicy]] = {target: [] for target in targets}
    for policy in policies.order_by("name", "aws_id"):
        one = AttachedPolicy(
            id=policy.aws_id,
            name=policy.name,
            aws_managed=policy.aws_managed,
            text=indented(policy.content or ""),
        )
        for target in (target for id, target in attachments if id == policy.aws_id):
            found[target].append(one)
    return {target: tuple(attached) for target, attached in found.items()}
