"""Where policies are attached, as of an assessment."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from policies.models import AccountVersion, Assessment, AttachmentVersion, UnitVersion

# SCPs at one root, OU or account. Source: AWS Organizations User Guide, "Quotas for AWS
# Organizations".
QUOTA: Final = 10
_NEAR: Final = 9


def near_quota(attached: int) -> bool:
    """Whether of so many SCPs at one target it is to be said that hardly another fits."""
    return attached >= _NEAR


@dataclass(frozen=True, slots=True)
class Target:
    """`kind` is "Root", "OU" or "Account"."""

    id: str
    name: str
    kind: str


def attached_at(assessment: Assessment, targets: Collection[str]) -> Mapping[str, Sequence[str]]:
    """Ids of the SCPs at each target, in no order; one query."""
    found: dict[str, list[str]] = {target: [] for target in targets}
    rows = AttachmentVersion.objects.at(assessment).filter(target_aws_id__in=targets)
    for target, policy in rows.values_list("target_aws_id", "policy_aws_id"):
        found[target].append(policy)
    return found


def targets_of(assessment: Assessment, policy_ids: Collection[str]) -> Mapping[str, list[Target]]:
    """Targets by the policies' ids: the root first, then OUs and accounts by id; three queries."""
    rows = AttachmentVersion.objects.at(assessment).filter(policy_aws_id__in=policy_ids)
    pairs = list(rows.values_list("policy_aws_id", "target_aws_id"))
    # Asked for by the attachments: FullAWSAccess alone may have 50,000 targets to name.
    ids = rows.values("target_aws_id")
    targets = {
        unit.aws_id: Target(unit.aws_id, unit.name, "OU" if unit.parent_aws_id else "Root")
        for unit in UnitVersion.objects.at(assessment).filter(aws_id__in=ids)
    }
    accounts = AccountVersion.objects.at(assessment).filter(aws_id__in=ids)
    for id, name in accounts.values_list("aws_id", "name"):
        targets[id] = Target(id, name, "Account")
    order = ("Root", "OU", "Account")
    found: dict[str, list[Target]] = {}
    for policy, target in pairs:
        found.setdefault(policy, []).append(targets[target])
    for attached in found.values():
        attached.sort(key=lambda one: (order.index(one.kind), one.id))
    return found
