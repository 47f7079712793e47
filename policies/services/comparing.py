"""What happened between an assessment and the one before it, read off the versions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import Q

from policies.events import NAMED, Event, EventKind, Named
from policies.models import (
    AccountVersion,
    Assessment,
    AttachmentVersion,
    PolicyVersion,
    UnitVersion,
)

_ORGANIZATION = ("management_account_id", "feature_set", "scp_status")


@dataclass(frozen=True, slots=True)
class AccountPair:
    """An account of which anything changed; None before it came or after it went."""

    before: AccountVersion | None
    after: AccountVersion | None

    @property
    def last(self) -> AccountVersion:
        found = self.after or self.before
        assert found is not None  # noqa: S101 - a pair has a version
        return found

    @property
    def former_unit_id(self) -> int | None:
        """The key of the unit that it left, or of what its unit was; None where it stayed."""
        if self.before is None or self.before.unit_id == self.last.unit_id:
            return None
        return self.before.unit_id

    def targets(self) -> frozenset[str]:
        """Where an attachment could concern it: its paths before and after, and itself."""
        return self.path(self.before) | self.path(self.after)

    @staticmethod
    def path(version: AccountVersion | None) -> frozenset[str]:
        """Ids from the root down to the account itself."""
        if version is None:
            return frozenset()
        return frozenset((*version.unit.path.rstrip("/").split("/"), version.aws_id))


@dataclass(slots=True)
class Difference:
    """All that happened, each part by whom it could concern."""

    # By name, the order in which changes are stored.
    accounts: Mapping[str, AccountPair]
    # Of every account.
    of_all: list[Event] = field(default_factory=list)
    # By the ids of targets: SCPs attached, detached or edited there, and units moved.
    of_targets: dict[str, list[Event]] = field(default_factory=dict)
    # By the ids of accounts.
    of_accounts: dict[str, list[Event]] = field(default_factory=dict)
    # Units that came and went, which no account's verdict hangs on.
    others: list[Event] = field(default_factory=list)

    def events(self) -> Iterable[Event]:
        """Each of them once."""
        parts = (self.of_all, *self.of_targets.values(), *self.of_accounts.values(), self.others)
        return dict.fromkeys(event for part in parts for event in part)


def difference(before: Assessment, after: Assessment) -> Difference:
    """Of two assessments that follow each other; the versions of `after` are stored."""
    found = Difference(accounts=_accounts(after))
    found.of_all = [*_of_rules(before, after), *_of_organization(before, after)]
    units = _pairs(UnitVersion.objects.filter(_touched(after)), after)
    _add_units(found, units)
    _add_accounts(found)
    come_or_gone = {id for id, pair in units.items() if None in pair} | {
        id for id, pair in found.accounts.items() if not (pair.before and pair.after)
    }
    _add_attachments(found, after, come_or_gone)
    _add_edits(found, after)
    return found


def _of_rules(before: Assessment, after: Assessment) -> Iterable[Event]:
    changed = {
        name: (before.parameters.get(name), value)
        for name, value in after.parameters.items()
        if before.parameters.get(name) != value
    }
    if changed:
        yield Event(EventKind.PARAMETERS_CHANGED, values=changed)
    if before.catalogue_digest != after.catalogue_digest:
        yield Event(EventKind.CATALOGUE_CHANGED)
    if before.engine_version != after.engine_version:
        versions = (before.engine_version, after.engine_version)
        yield Event(EventKind.ENGINE_CHANGED, values={"version": versions})


def _of_organization(before: Assessment, after: Assessment) -> Iterable[Event]:
    changed = {
        name: (getattr(before, name), getattr(after, name))
        for name in _ORGANIZATION
        if getattr(before, name) != getattr(after, name)
    }
    if changed:
        yield Event(EventKind.ORGANIZATION_CHANGED, values=changed)


def _touched(after: Assessment) -> Q:
    """Versions that ended or began with the assessment."""
    return Q(organization=after.organization_id) & (Q(until=after) | Q(since=after))


def _accounts(after: Assessment) -> dict[str, AccountPair]:
    versions = AccountVersion.objects.filter(_touched(after)).select_related("unit")
    pairs = [AccountPair(*pair) for pair in _pairs(versions, after).values()]
    pairs.sort(key=lambda pair: (pair.last.name.lower(), pair.last.aws_id))
    return {pair.last.aws_id: pair for pair in pairs}


_V = TypeVar("_V", AccountVersion, UnitVersion)


def _pairs(versions: Iterable[_V], after: Assessment) -> dict[str, tuple[_V | None, _V | None]]:
    """What was before and what is now, by id and in the order of ids."""
    before: dict[str, _V] = {}
    now: dict[str, _V] = {}
    for one in versions:
        (now if one.since_id == after.pk else before)[one.aws_id] = one
    return {id: (before.get(id), now.get(id)) for id in sorted(before | now)}


def _add_units(
    found: Difference, units: Mapping[str, tuple[UnitVersion | None, UnitVersion | None]]
) -> None:
    for id, (before, after) in units.items():
        if before is None and after is not None:
            found.others.append(Event(EventKind.UNIT_CREATED, target=_unit(after)))
        elif after is None and before is not None:
            found.others.append(Event(EventKind.UNIT_DELETED, target=_unit(before)))
        elif before and after and before.parent_aws_id != after.parent_aws_id:
            event = Event(EventKind.UNIT_MOVED, target=_unit(after), origin=_unit(before))
            found.of_targets.setdefault(id, []).append(event)


def _unit(version: UnitVersion) -> Named:
    return Named(version.aws_id, version.display_path)


# What an event of accounts has in common: kind, units that they left and entered, states.
_Group = tuple[EventKind, Named | None, Named | None, tuple[tuple[str, tuple[str, str]], ...]]


def _add_accounts(found: Difference) -> None:
    groups: dict[_Group, list[AccountVersion]] = {}
    for pair in found.accounts.values():
        for group in _groups(pair):
            groups.setdefault(group, []).append(pair.last)
    for (kind, origin, target, values), accounts in groups.items():
        event = Event(
            kind,
            target=target,
            origin=origin,
            accounts=tuple(Named(one.aws_id, one.name) for one in accounts[:NAMED]),
            count=len(accounts),
            values=dict(values),
        )
        for one in accounts:
            found.of_accounts.setdefault(one.aws_id, []).append(event)


def _groups(pair: AccountPair) -> Iterable[_Group]:
    before, after = pair.before, pair.after
    if before is None and after is not None:
        yield EventKind.ACCOUNT_JOINED, None, _unit(after.unit), ()
    elif after is None and before is not None:
        yield EventKind.ACCOUNT_LEFT, None, _unit(before.unit), ()
    elif before and after:
        if before.unit.aws_id != after.unit.aws_id:
            yield EventKind.ACCOUNT_MOVED, _unit(before.unit), _unit(after.unit), ()
        if before.state != after.state:
            states = (("state", (before.state, after.state)),)
            yield EventKind.ACCOUNT_STATE, None, None, states


def _add_attachments(found: Difference, after: Assessment, come_or_gone: set[str]) -> None:
    """But not those that came and went together with their target."""
    rows = [
        one
        for one in AttachmentVersion.objects.filter(_touched(after)).order_by(
            "target_aws_id", "policy_aws_id"
        )
        if one.target_aws_id not in come_or_gone
    ]
    policies = _policy_names(after, {one.policy_aws_id for one in rows})
    targets = _target_names(after, {one.target_aws_id for one in rows})
    for one in rows:
        attached = one.since_id == after.pk
        event = Event(
            EventKind.SCP_ATTACHED if attached else EventKind.SCP_DETACHED,
            policy=policies[one.policy_aws_id],
            target=targets[one.target_aws_id],
        )
        found.of_targets.setdefault(one.target_aws_id, []).append(event)


def _add_edits(found: Difference, after: Assessment) -> None:
    before: dict[str, str] = {}
    edited: dict[str, Event] = {}
    rows = PolicyVersion.objects.filter(_touched(after), content__isnull=False)
    # The ended versions first.
    for one in rows.order_by("since"):
        if one.since_id != after.pk:
            before[one.aws_id] = one.content or ""
        elif one.aws_id in before and before[one.aws_id] != one.content:
            event = Event(EventKind.SCP_EDITED, policy=Named(one.aws_id, one.name))
            edited[one.aws_id] = event
    places = AttachmentVersion.objects.filter(
        Q(until=None) | Q(until=after),
        organization=after.organization_id,
        policy_aws_id__in=edited.keys(),
    )
    for policy, target in places.values_list("policy_aws_id", "target_aws_id"):
        found.of_targets.setdefault(target, []).append(edited[policy])
    found.others += edited.values()


def _policy_names(after: Assessment, ids: Iterable[str]) -> dict[str, Named]:
    rows = PolicyVersion.objects.filter(
        Q(until=None) | Q(until=after), organization=after.organization_id, aws_id__in=ids
    )
    # The newest last.
    return {one.aws_id: Named(one.aws_id, one.name) for one in rows.order_by("since")}


def _target_names(after: Assessment, ids: Iterable[str]) -> dict[str, Named]:
    now = Q(organization=after.organization_id, until=None, aws_id__in=ids)
    units = {one.aws_id: _unit(one) for one in UnitVersion.objects.filter(now)}
    accounts = AccountVersion.objects.filter(now).only("aws_id", "name")
    return units | {one.aws_id: Named(one.aws_id, one.name) for one in accounts}
