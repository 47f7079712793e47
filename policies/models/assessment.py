from django.db import models

from accounts.models import Crawl, Organization


class Assessment(models.Model):
    """One judging of one snapshot: when, of what, by which rules, and the totals.

    Digests, parameters and version tell "AWS changed" from "our rules changed" from "our
    engine changed".
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="assessments")
    crawl = models.OneToOneField(Crawl, models.CASCADE, related_name="assessment")
    # When AWS was read.
    taken_at = models.DateTimeField()
    snapshot_digest = models.CharField(max_length=64)
    catalogue_digest = models.CharField(max_length=64)
    engine_version = models.CharField(max_length=32)
    # As `parameters_to_json` gives them.
    parameters = models.JSONField()
    # {guardrail id: {status: number of active member accounts}}
    totals = models.JSONField()

    class Meta:
        get_latest_by = "taken_at"

    def __str__(self) -> str:
        return f"assessment of {self.taken_at:%Y-%m-%d %H:%M}"
