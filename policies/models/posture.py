"""Verdicts, stored once per distinct set and joined to accounts.

Most accounts of an organization share their path of policies, and so their verdicts:
50,000 accounts come to some hundred `Posture` rows with five `Verdict` rows each.
"""

from django.db import models

from accounts.models import Organization
from policies.analysis.verdict import Status


class Posture(models.Model):
    """A distinct set of verdicts, one per guardrail, with a mark for the account's id."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="postures")
    digest = models.CharField(max_length=64)
    # How many guardrails an account with this posture lacks.
    lacking = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "digest"], name="one_row_per_posture"),
        ]

    def __str__(self) -> str:
        return self.digest[:12]


class Verdict(models.Model):
    posture = models.ForeignKey(Posture, models.CASCADE, related_name="verdicts")
    # Id of a guardrail of the catalogue.
    guardrail = models.SlugField(db_index=False)
    status = models.CharField(max_length=14, choices=[(s.value, s.value) for s in Status])
    reason = models.TextField()
    # open_actions, closed_actions, witnesses, evidence, notes: as `assess --format json` prints.
    detail = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["posture", "guardrail"], name="one_verdict_per_guardrail"
            ),
        ]
        indexes = [
            # Has all that a filter by status asks for, so that no verdict itself is read.
            models.Index(fields=["status", "guardrail", "posture"], name="verdicts_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.guardrail}: {self.status}"
