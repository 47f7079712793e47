"""One SCP: where it is attached, and whom it reaches."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q

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
    """Eight queries, wherever it is attached. Raises `PolicyVersion.DoesNotExist`."""
    policy = PolicyVersion.objects.at(assessment).get(aws_id=policy_id.replace("\0", ""))
    (row,) = scp_rows(assessment, [policy])
    targets = (
        AttachmentVersion.objects.at(assessment)
        .filter(policy_aws_id=policy.aws_id)
        .values("target_aws_id")
    )
    units = list(
        UnitVersion.objects.at(assessment)
        .filter(aws_id__in=targets)
        .order_by("display_path", "aws_id")
    )
    accounts = AccountVersion.objects.at(assessment).filter(aws_id__in=targets)
    shown = list(accounts.order_by("name", "aws_id")[:_SHOWN])
    return ScpDetail(
        row=row,
        lines=lines(policy.content or ""),
        targets=_targets(assessment, units[:_SHOWN], shown),
        unit_count=len(units),
        account_count=accounts.count(),
        reached=_reached(assessment, units, targets),
    )


def _targets(
    assessment: Assessment, units: Sequence[UnitVersion], accounts: Sequence[AccountVersion]
) -> list[Target]:
    ids = [*(unit.aws_id for unit in units), *(account.aws_id for account in accounts)]
    attached: dict[str, int] = dict(
        AttachmentVersion.objects.at(assessment)
        .filter(target_aws_id__in=ids)
        .values_list("target_aws_id")
        .annotate(Count("pk"))
    )
    return [
        *(
            Target(
                one.aws_id,
                one.display_path,
                "OU" if one.parent_aws_id else "Root",
                attached[one.aws_id],
            )
            for one in units
        ),
        *(Target(one.aws_id, one.name, "Account", attached[one.aws_id]) for one in accounts),
    ]


def _reached(assessment: Assessment, units: Sequence[UnitVersion], targets: object) -> int:
    paths = {unit.path for unit in units}
    members = AccountVersion.objects.at(assessment).exclude(aws_id=assessment.management_account_id)
    if any(not unit.parent_aws_id for unit in units):
        return members.count()
    below = Q(aws_id__in=targets)
    for path in paths:
        if not _is_below(path, paths):
            below |= Q(unit__path__startswith=path)
    return members.filter(below).count()


def _is_below(path: str, paths: Collection[str]) -> bool:
    """Whether one of the paths is that of a unit above."""
    ids = path.rstrip("/").split("/")
    return any("/".join(ids[:depth]) + "/" in paths for depth in range(1, len(ids)))
