"""The path from the root to an account, with the SCPs attached at each level."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policies.models import AccountVersion, Assessment, PolicyVersion, UnitVersion
from policies.selectors.attachments import QUOTA, attached_at, near_quota
from policies.selectors.headings import Heading
from policies.selectors.units import UnitStanding, path_ids


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
    ids = path_ids(account.unit.path)
    units = UnitVersion.objects.at(assessment).filter(aws_id__in=ids)
    names = dict(units.values_list("aws_id", "name"))
    policies = _named(assessment, attached_at(assessment, [*ids, account.aws_id]))
    here = PathLevel(account.aws_id, account.name, "Account", policies[account.aws_id])
    return (*_levels(ids, names, policies), here)


def unit_path(
    assessment: Assessment,
    units: Mapping[str, UnitStanding],
    unit: UnitStanding,
    attached: Mapping[str, Sequence[str]],
) -> tuple[PathLevel, ...]:
    """From the root down to a unit, of what is `attached` at least there; one query."""
    ids = path_ids(unit.path)
    names = {one: units[one].name for one in ids}
    return _levels(ids, names, _named(assessment, {one: attached[one] for one in ids}))


def _levels(
    ids: Sequence[str],
    names: Mapping[str, str],
    policies: Mapping[str, tuple[AttachedPolicy, ...]],
) -> tuple[PathLevel, ...]:
    return tuple(
        PathLevel(one, names[one], "OU" if number else "Root", policies[one])
        for number, one in enumerate(ids)
    )


def _named(
    assessment: Assessment, attached: Mapping[str, Sequence[str]]
) -> Mapping[str, tuple[AttachedPolicy, ...]]:
    """By target, in the order of names; one query."""
    policies = (
        PolicyVersion.objects.at(assessment)
        .filter(aws_id__in={policy for policies in attached.values() for policy in policies})
        .order_by("name", "aws_id")
        .values_list("aws_id", "name", "aws_managed")
    )
    named = [AttachedPolicy(*row) for row in policies]
    return {
        target: tuple(one for one in named if one.id in policies)
        for target, policies in attached.items()
    }
