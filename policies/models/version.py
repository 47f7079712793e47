"""What the organization and its posture were, from one assessment until another.

A row is written when something changes, never because time passes. Accounts, policies and
targets are named by their AWS ids, which outlive every row.
"""

from typing import Self, TypeVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower, Upper

from accounts.models import Organization
from accounts.snapshot import AccountState
from policies.models.assessment import Assessment
from policies.models.posture import Posture

_Row = TypeVar("_Row", bound=models.Model)


class VersionQuerySet(models.QuerySet[_Row]):
    def at(self, assessment: Assessment) -> Self:
        """What held as of an assessment of the same organization: one row for each thing.

        # INVARIANT: assessments of one organization are written one at a time, so their keys
        # stand in the order of time.
        """
        return self.filter(
            models.Q(until=None) | models.Q(until__gt=assessment.pk),
            organization=assessment.organization_id,
            since__lte=assessment.pk,
        )


class Version(models.Model):
    """`since` is the first assessment that found it so, `until` the first that did not."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    since = models.ForeignKey(Assessment, models.CASCADE, related_name="+")
    # Null for what holds now.
    until = models.ForeignKey(Assessment, models.CASCADE, null=True, related_name="+")

    class Meta:
        abstract = True


def once_now(*fields: str, name: str) -> models.UniqueConstraint:
    """Of what holds now there is one row for each value of the fields."""
    return models.UniqueConstraint(fields=fields, condition=models.Q(until=None), name=name)


class UnitVersion(Version):
    """The root or an OU, under one name at one place."""

    aws_id = models.CharField(max_length=68)
    name = models.CharField(max_length=128)
    # Empty for the root.
    parent_aws_id = models.CharField(max_length=68, blank=True)
    # Ids from the root down to this unit, each followed by "/": a prefix is an ancestor. A unit
    # above that moves or is renamed makes new versions below.
    path = models.CharField(max_length=512)
    # Names from below the root down to this unit, joined by " / "; "Root" for the root.
    display_path = models.CharField(max_length=1024)

    objects = VersionQuerySet["UnitVersion"].as_manager()

    class Meta:
        constraints = [once_now("organization", "aws_id", name="one_unit_version_now")]
        indexes = [
            models.Index(fields=["organization", "aws_id"], name="versions_of_unit"),
            # Exports of accounts by path walk along it.
            models.Index("organization", Lower("display_path"), name="units_by_path"),
            # The API's, of accounts and of verdicts.
            models.Index(fields=["organization", "display_path"], name="units_by_exact_path"),
        ]

    def __str__(self) -> str:
        return self.display_path


class AccountVersion(Version):
    """An account under one name, in one state, at one place, with one posture."""

    aws_id = models.CharField(max_length=12)
    name = models.CharField(max_length=128)
    email = models.CharField(max_length=320)
    state = models.CharField(max_length=18, choices=[(s.value, s.value) for s in AccountState])
    # The version of the unit that held as long as this row does.
    unit = models.ForeignKey(UnitVersion, models.RESTRICT, related_name="accounts")
    posture = models.ForeignKey(Posture, models.RESTRICT, related_name="account_versions")
    # That of the posture, which never changes: here an index can have it in its order.
    lacking = models.PositiveSmallIntegerField(default=0)
    # What a text is looked for in, made upper-case once rather than at each look.
    name_in_capitals = models.GeneratedField(
        expression=Upper("name"), output_field=models.TextField(), db_persist=True
    )
    email_in_capitals = models.GeneratedField(
        expression=Upper("email"), output_field=models.TextField(), db_persist=True
    )

    objects = VersionQuerySet["AccountVersion"].as_manager()

    class Meta:
        constraints = [once_now("organization", "aws_id", name="one_account_version_now")]
        indexes = [
            models.Index(fields=["organization", "aws_id"], name="versions_of_account"),
            # The orders of the matrix; by path it is the unit's own.
            models.Index("organization", Lower("name"), "aws_id", name="accounts_by_name"),
            models.Index(
                "organization",
                models.F("lacking").desc(),
                Lower("name"),
                "aws_id",
                name="accounts_worst_first",
            ),
            # Finds a part of a word, as `contains` asks for it. Each for itself: of all three in
            # one, some part of a text would be in nearly every account, here or there.
            GinIndex(
                fields=["name_in_capitals", "email_in_capitals", "aws_id"],
                opclasses=["gin_trgm_ops"] * 3,
                name="accounts_by_text",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.aws_id})"


class PolicyVersion(Version):
    """An SCP with one name and one text."""

    aws_id = models.CharField(max_length=130)
    name = models.CharField(max_length=128)
    type = models.CharField(max_length=64)
    aws_managed = models.BooleanField()
    # Null while it is attached nowhere: its text is not read.
    content = models.TextField(null=True)  # noqa: DJ001 - unread is not the same as empty

    objects = VersionQuerySet["PolicyVersion"].as_manager()

    class Meta:
        constraints = [once_now("organization", "aws_id", name="one_policy_version_now")]
        indexes = [models.Index(fields=["organization", "aws_id"], name="versions_of_policy")]

    def __str__(self) -> str:
        return self.name


class AttachmentVersion(Version):
    """An SCP attached to a target: to the root, an OU or an account."""

    policy_aws_id = models.CharField(max_length=130)
    target_aws_id = models.CharField(max_length=68)

    objects = VersionQuerySet["AttachmentVersion"].as_manager()

    class Meta:
        constraints = [
            once_now("organization", "target_aws_id", "policy_aws_id", name="attached_once_now")
        ]
        indexes = [
            models.Index(fields=["organization", "target_aws_id"], name="attachments_at"),
            models.Index(
                fields=["organization", "policy_aws_id", "target_aws_id"], name="attachments_of"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy_aws_id} on {self.target_aws_id}"
