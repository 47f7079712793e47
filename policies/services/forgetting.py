"""Letting go of history that is older than anybody wants to ask for; totals stay for ever."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import Organization
from policies.models import (
    AccountVersion,
    AttachmentVersion,
    Cause,
    PolicyVersion,
    Posture,
    UnitPosture,
    UnitVersion,
    Verdict,
    VerdictChange,
)


def forget(organization: Organization, before: datetime | None = None) -> int:
    """Delete what ended before a moment, by default as long ago as the settings keep.

    What held at that moment stays whole. Gives the number of rows deleted.
    """
    days = timedelta(days=settings.HISTORY_DAYS)
    moment = before or timezone.now() - days
    assessments = organization.assessments.order_by("-since", "-pk")
    oldest = assessments.filter(since__lte=moment).first()
    if oldest is None:
        return 0
    rows = {"organization": organization, "until__lte": oldest}
    with transaction.atomic():
        organization.assessments.filter(pk__lt=oldest.pk, kept=True).update(kept=False)
        told = {"assessment__organization": organization, "assessment__lte": oldest}
        changes, _ = VerdictChange.objects.filter(**told).delete()
        causes, _ = Cause.objects.filter(**told).delete()
        # Accounts, and what counts them, before the units that they name.
        versions = (
            AccountVersion.objects.filter(**rows).delete()[0]
            + UnitPosture.objects.filter(**rows).delete()[0]
            + UnitVersion.objects.filter(**rows).delete()[0]
            + PolicyVersion.objects.filter(**rows).delete()[0]
            + AttachmentVersion.objects.filter(**rows).delete()[0]
        )
        return changes + causes + versions + _forget_postures(organization)


def _forget_postures(organization: Organization) -> int:
    """Postures that no account had at any time that is kept."""
    used = Exists(AccountVersion.objects.filter(posture=OuterRef("pk")))
    postures = list(organization.postures.filter(~used).values_list("pk", flat=True))
    # First what refers to them, in one statement that reads nothing.
    verdicts, _ = Verdict.objects.filter(posture__in=postures).delete()
    deleted, _ = Posture.objects.filter(pk__in=postures).delete()
    return verdicts + deleted
