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
from policies.selectors.units import UnitStanding


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
    ids = _ids(account.unit.path)
    units = UnitVersion.objects.at(assessment).filter(aws_id__in=ids)
    names = dict(units.values_list("aws_id", "name"))
    policies = _attached(assessment, [*ids, account.aws_id])
    here = PathLevel(account.aws_id, account.name, "Account", policies[account.aws_id])
    return (*_levels(ids, names, policies), here)


def unit_path(
    assessment: Assessment, units: Mapping[str, UnitStanding], unit: UnitStanding
) -> tuple[PathLevel, ...]:
    """From the root down to one of all units; two queries."""
    ids = _ids(unit.path)
    names = {one: units[one].name for one in ids}
    return _levels(ids, names, _attached(assessment, ids))


def _ids(path: str) -> Sequence[str]:
    return path.rstrip("/").split("/")


def _levels(
    ids: Sequence[str],
    names: Mapping[str, str],
    policies: Mapping[str, tuple[AttachedPolicy, ...]],
) -> tuple[PathLevel, ...]:
    return tuple(
        PathLevel(one, names[one], "OU" if number else "Root", policies[one])
        for number, one in enumerate(ids)
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
