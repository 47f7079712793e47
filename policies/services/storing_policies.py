"""SCPs and where they are attached, as versions brought up to a snapshot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple
from typing import Final, TypeVar

from accounts.snapshot import OrganizationSnapshot
from policies.models import Assessment, AttachmentVersion, PolicyVersion
from policies.models.version import Version, VersionQuerySet

# In the order of the snapshot's own fields.
_POLICY: Final = ("aws_id", "name", "type", "aws_managed", "content")
_ATTACHMENT: Final = ("policy_aws_id", "target_aws_id")
_V = TypeVar("_V", bound=Version)


def store_policies(assessment: Assessment, snapshot: OrganizationSnapshot) -> None:
    """End the versions that the snapshot no longer has, and begin those that it has anew.

    Needs a transaction around it.
    """
    _bring_up(PolicyVersion.objects.all(), _POLICY, map(astuple, snapshot.policies), assessment)
    attachments = ((one.policy_id, one.target_id) for one in snapshot.attachments)
    _bring_up(AttachmentVersion.objects.all(), _ATTACHMENT, attachments, assessment)


def _bring_up(
    versions: VersionQuerySet[_V],
    fields: tuple[str, ...],
    wanted: Iterable[tuple[object, ...]],
    assessment: Assessment,
) -> None:
    organization = assessment.organization
    now = versions.filter(organization=organization, until=None)
    stored = {row[1:]: row[0] for row in now.values_list("pk", *fields)}
    found = dict.fromkeys(wanted)
    ended = [pk for values, pk in stored.items() if values not in found]
    versions.filter(pk__in=ended).update(until=assessment)
    versions.bulk_create(
        versions.model(
            organization=organization, since=assessment, **dict(zip(fields, values, strict=True))
        )
        for values in found
        if values not in stored
    )
