from django.db import models

from accounts.models import Crawl, Organization


class Assessment(models.Model):
    """One judging of one snapshot: when, of what, by which rules, and the totals.

    Digests, parameters and version tell "AWS changed" from "our rules changed" from "our
    engine changed". An organization that did not change adds this row and no other.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="assessments")
    # Null where a snapshot was judged again because the rules had changed.
    crawl = models.OneToOneField(Crawl, models.CASCADE, null=True, related_name="assessment")
    # When AWS was read.
    taken_at = models.DateTimeField()
    # From when on this is the posture: `taken_at`, or when it was judged again.
    since = models.DateTimeField()
    snapshot_digest = models.CharField(max_length=64)
    catalogue_digest = models.CharField(max_length=64)
    engine_version = models.CharField(max_length=32)
    # As `parameters_to_json` gives them.
    parameters = models.JSONField()
    # {guardrail id: {status: number of active member accounts}}
    totals = models.JSONField()
    # What of the organization decides with its SCPs, as it was then.
    management_account_id = models.CharField(max_length=12)
    feature_set = models.CharField(max_length=32)
    scp_status = models.CharField(max_length=16)
    # False when its verdicts have been forgotten and only the totals are left.
    kept = models.BooleanField(default=True)

    class Meta:
        get_latest_by = ["since", "pk"]
        indexes = [models.Index(fields=["organization", "-since", "-id"], name="newest_first")]

    def __str__(self) -> str:
        return f"assessment of {self.since:%Y-%m-%d %H:%M}"
