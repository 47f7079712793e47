"""Versions brought up to a snapshot and its verdicts: what differs is ended, what is new begun."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple
from typing import Final, TypeVar

from accounts.snapshot import OrganizationSnapshot
from policies.analysis.posture import Judged
from policies.analysis.verdict import Status
from policies.models import (
    AccountVersion,
    Assessment,
    AttachmentVersion,
    PolicyVersion,
    Posture,
    UnitPosture,
    UnitTotal,
    UnitVersion,
)
from policies.models.version import Version
from policies.totals import unit_totals

_UNIT: Final = ("aws_id", "name", "parent_aws_id", "path", "display_path")
_ACCOUNT: Final = ("aws_id", "name", "email", "state", "unit_id", "posture_id", "lacking")
_ALIKE: Final = ("unit_id", "posture_id", "state", "lacking", "accounts")
# In the order of the snapshot's own fields.
_POLICY: Final = ("aws_id", "name", "type", "aws_managed", "content")
_ATTACHMENT: Final = ("policy_aws_id", "target_aws_id")
_TOTAL: Final = ("unit_aws_id", "guardrail", *(status.value for status in Status))
_BATCH: Final = 5_000
_V = TypeVar("_V", bound=Version)


def store_versions(
    assessment: Assessment,
    snapshot: OrganizationSnapshot,
    judged: Sequence[Judged],
    postures: Mapping[str, Posture],
) -> None:
    """`postures` are those of the accounts, by id, as `store_postures` gives them.

    What did not change is not written. A fixed number of statements for each 5,000 rows that
    did. Needs a transaction around it.
    """
    _bring_up(assessment, UnitVersion, _UNIT, _units(snapshot))
    units = dict(UnitVersion.objects.at(assessment).values_list("aws_id", "pk"))
    accounts = []
    alike: Counter[tuple[object, ...]] = Counter()
    for one in snapshot.accounts:
        unit, posture = units[one.parent_id], postures[one.id]
        accounts.append((one.id, one.name, one.email, one.state, unit, posture.pk, posture.lacking))
        alike[unit, posture.pk, one.state, posture.lacking] += 1
    _bring_up(assessment, AccountVersion, _ACCOUNT, accounts)
    _bring_up(assessment, UnitPosture, _ALIKE, ((*one, count) for one, count in alike.items()))
    _bring_up(assessment, PolicyVersion, _POLICY, map(astuple, snapshot.policies))
    _bring_up(assessment, AttachmentVersion, _ATTACHMENT, map(astuple, snapshot.attachments))
    totals = unit_totals(snapshot, judged)
    counts = (
        (unit, guardrail, *counts.values())
        for unit, by_guardrail in totals.items()
        for guardrail, counts in by_guardrail.items()
    )
    _bring_up(assessment, UnitTotal, _TOTAL, counts)


def _units(snapshot: OrganizationSnapshot) -> Iterator[tuple[str, str, str, str, str]]:
    """A path is worked out from the root down; that of names leaves the root out."""
    paths: dict[str | None, tuple[str, tuple[str, ...]]] = {None: ("", ())}
    for unit in snapshot.units_top_down():
        above, names = paths[unit.parent_id]
        path, names = f"{above}{unit.id}/", (*names, unit.name)
        paths[unit.id] = path, names
        yield unit.id, unit.name, unit.parent_id or "", path, " / ".join(names[1:]) or unit.name


def _bring_up(
    assessment: Assessment,
    model: type[_V],
    fields: tuple[str, ...],
    wanted: Iterable[tuple[object, ...]],
) -> None:
    """Rows of `model` as tuples of their `fields`, of which each is there once."""
    # Tuples rather than model instances, of which 50,000 are slow to make.
    versions = model._default_manager.filter(organization=assessment.organization, until=None)
    stored = {row[1:]: row[0] for row in versions.values_list("pk", *fields)}
    found = dict.fromkeys(wanted)
    ended = [pk for values, pk in stored.items() if values not in found]
    versions.filter(pk__in=ended).update(until=assessment)
    model._default_manager.bulk_create(
        [
            model(
                organization_id=assessment.organization_id,
                since=assessment,
                **dict(zip(fields, values, strict=True)),
            )
            for values in found
            if values not in stored
        ],
        batch_size=_BATCH,
    )
