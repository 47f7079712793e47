"""One SCP: where it is attached, and whom it reaches."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Lower

from policies.models import (
    AccountVersion,
    Assessment,
    AttachmentVersion,
    PolicyVersion,
    UnitPosture,
    UnitVersion,
)
from policies.selectors.attachments import QUOTA, near_quota
from policies.selectors.policy_text import Line, lines
from policies.selectors.scps import ScpRow, reading

# Of each kind; a policy that AWS attaches everywhere has as many targets as there are accounts.
_SHOWN: Final = 50
_UNIT: Final = ("aws_id", "display_path", "path")


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
    """Eight queries at most, wherever it is attached. Raises `PolicyVersion.DoesNotExist`."""
    policy = PolicyVersion.objects.at(assessment).get(aws_id=policy_id.replace("\0", ""))
    attached = AttachmentVersion.objects.at(assessment).filter(policy_aws_id=policy.aws_id)
    counted = attached.aggregate(
        all=Count("*"),
        # Ids of accounts are digits.
        units=Count("pk", filter=Q(target_aws_id__gte="a")),
        roots=Count("pk", filter=Q(target_aws_id__startswith="r-")),
    )
    here = Exists(attached.filter(target_aws_id=OuterRef("aws_id")))
    units = UnitVersion.objects.at(assessment).filter(here).values_list(*_UNIT)
    root = list(units.filter(parent_aws_id="")) if counted["roots"] else []
    ous = units.exclude(parent_aws_id="").order_by(Lower("display_path"), "aws_id")
    first = list(ous[: _SHOWN - len(root)])
    accounts = (
        AccountVersion.objects.at(assessment)
        .filter(here)
        .order_by(Lower("name"), "aws_id")
        .values_list("aws_id", "name")[:_SHOWN]
    )
    shown = [
        *((id, name, "Root") for id, name, _ in root),
        *((id, name, "OU") for id, name, _ in first),
        *((id, name, "Account") for id, name in accounts),
    ]
    # What is attached to the root reaches all, whatever else it is attached to.
    reaching = root or (first if len(first) == counted["units"] else ous)
    return ScpDetail(
        row=ScpRow(policy, counted["all"], reading(policy.aws_id, policy.content)),
        lines=lines(policy.content or ""),
        targets=_targets(assessment, shown),
        unit_count=counted["units"],
        account_count=counted["all"] - counted["units"],
        reached=_reached(assessment, {path for *_, path in reaching}, attached),
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


def _reached(assessment: Assessment, paths: Set[str], attached: QuerySet[AttachmentVersion]) -> int:
    """Two queries, three where it is not attached to the root."""
    below, singly = Q(), 0
    management = Q(aws_id=assessment.management_account_id)
    accounts = AccountVersion.objects.at(assessment)
    if all(_above(path) for path in paths):
        below = Q(unit=None)
        for path in paths:
            if paths.isdisjoint(_above(path)):
                below |= Q(unit__path__startswith=path)
        alone = accounts.filter(aws_id__in=attached.values("target_aws_id")).exclude(below)
        singly = alone.exclude(management).count()
    # By the numbers that are stored, and not one by one.
    counted = UnitPosture.objects.at(assessment).filter(below)
    found: int = counted.aggregate(found=Sum("accounts", default=0))["found"]
    return found + singly - accounts.filter(below, management).count()


def _above(path: str) -> list[str]:
    """The paths of the units above, from the root down."""
    ids = path.rstrip("/").split("/")
    return ["/".join(ids[:depth]) + "/" for depth in range(1, len(ids))]
