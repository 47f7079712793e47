"""One SCP: where it is attached, and whom it reaches."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from policies.models import (
    AccountVersion,
    Assessment,
    AttachmentVersion,
    PolicyVersion,
    UnitVersion,
)
from policies.selectors.attachments import QUOTA, near_quota
from policies.selectors.policy_text import Line, lines
from policies.selectors.scps import ScpRow, scp_rows

# Of each kind; a policy that AWS attaches everywhere has as many targets as there are accounts.
_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Target:
    """A root, OU or account, and how many SCPs are attached there."""

    id: str
    name: str
    kind: str
    attached: int
    quota: int = QUOTA

    @property
    def near_quota(self) -> bool:
        return near_quota(self.attached)


@dataclass(frozen=True, slots=True)
class ScpDetail:
    """`reached` counts member accounts at and below the targets, each once."""

    row: ScpRow
    lines: tuple[Line, ...]
    targets: Sequence[Target]
    unit_count: int
    account_count: int
    reached: int

    @property
    def more(self) -> bool:
        """Whether there are more targets than shown."""
        return self.unit_count + self.account_count > len(self.targets)


def scp_detail(assessment: Assessment, policy_id: str) -> ScpDetail:
    """Six queries, wherever it is attached. Raises `PolicyVersion.DoesNotExist`."""
    policy = PolicyVersion.objects.at(assessment).get(aws_id=policy_id.replace("\0", ""))
    (row,) = scp_rows(assessment, [policy])
    attached = AttachmentVersion.objects.at(assessment).filter(policy_aws_id=policy.aws_id)
    units = list(
        UnitVersion.objects.at(assessment)
        # Those of accounts are digits, and FullAWSAccess has one for each account.
        .filter(aws_id__in=attached.filter(target_aws_id__gte="a").values("target_aws_id"))
        .order_by("display_path", "aws_id")
        .values_list("aws_id", "display_path", "path")
    )
    accounts = (
        AccountVersion.objects.at(assessment)
        .filter(Exists(attached.filter(target_aws_id=OuterRef("aws_id"))))
        .order_by(Lower("name"), "aws_id")
        .values_list("aws_id", "name")
    )
    shown = [
        *((id, name, "OU" if _above(path) else "Root") for id, name, path in units[:_SHOWN]),
        *((id, name, "Account") for id, name in accounts[:_SHOWN]),
    ]
    return ScpDetail(
        row=row,
        lines=lines(policy.content or ""),
        targets=_targets(assessment, shown),
        unit_count=len(units),
        account_count=row.targets - len(units),
        reached=_reached(assessment, {path for *_, path in units}, attached),
    )


def _targets(assessment: Assessment, shown: Sequence[tuple[str, str, str]]) -> list[Target]:
    """Of ids, names and kinds; one query."""
    attached: dict[str, int] = dict(
        AttachmentVersion.objects.at(assessment)
        .filter(target_aws_id__in=[id for id, *_ in shown])
        .values_list("target_aws_id")
        .annotate(Count("pk"))
    )
    return [Target(id, name, kind, attached[id]) for id, name, kind in shown]


def _reached(
    assessment: Assessment, paths: Collection[str], attached: QuerySet[AttachmentVersion]
) -> int:
    """One query."""
    members = AccountVersion.objects.at(assessment).exclude(aws_id=assessment.management_account_id)
    if not all(_above(path) for path in paths):
        return members.count()
    below = Q(aws_id__in=attached.values("target_aws_id"))
    for path in paths:
        if not any(one in paths for one in _above(path)):
            below |= Q(unit__path__startswith=path)
    return members.filter(below).count()


def _above(path: str) -> list[str]:
    """The paths of the units above, from the root down."""
    ids = path.rstrip("/").split("/")
    return ["/".join(ids[:depth]) + "/" for depth in range(1, len(ids))]
