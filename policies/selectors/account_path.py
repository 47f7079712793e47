"""The path from the root to an account, with the SCPs attached at each level."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from accounts.models import Account, Unit
from policies.models import Attachment
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


def account_path(account: Account) -> tuple[PathLevel, ...]:
    """From the root down; two queries."""
    ids = account.unit.path.rstrip("/").split("/")
    units = sorted(
        Unit.objects.filter(organization=account.organization_id, aws_id__in=ids),
        key=lambda unit: ids.index(unit.aws_id),
    )
    attachments = list(
        Attachment.objects.filter(Q(unit__in=units) | Q(account=account))
        .select_related("policy")
        .order_by("policy__name", "policy__aws_id")
    )
    return (
        *(_unit_level(unit, attachments) for unit in units),
        PathLevel(
            id=account.aws_id,
            name=account.name,
            kind="Account",
            policies=_attached([one for one in attachments if one.account_id == account.pk]),
        ),
    )


def _unit_level(unit: Unit, attachments: list[Attachment]) -> PathLevel:
    return PathLevel(
        id=unit.aws_id,
        name=unit.name,
        kind="OU" if unit.parent_id else "Root",
        policies=_attached([one for one in attachments if one.unit_id == unit.pk]),
    )


def _attached(attachments: list[Attachment]) -> tuple[AttachedPolicy, ...]:
    return tuple(
        AttachedPolicy(
            id=one.policy.aws_id,
            name=one.policy.name,
            aws_managed=one.policy.aws_managed,
            text=indented(one.policy.content or ""),
        )
        for one in attachments
    )
