"""Reports that were made, and how each came to those who wanted it."""

import uuid
from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Organization
from policies.models.assessment import Assessment
from policies.models.report_schedule import ReportRecipient, ReportSchedule


class Report(models.Model):
    """One report: first due, then made (or not, with the reason), then delivered.

    A schedule has at most one for each of its periods: whoever makes the row makes the report.
    """

    class State(models.TextChoices):
        DUE = "due", "Being made"
        MADE = "made", "Made"
        # `only_if_changed`, and nothing did.
        UNCHANGED = "unchanged", "Nothing changed"
        FAILED = "failed", "Failed"

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="reports")
    # Null for a report that somebody asked for, and once its schedule is deleted.
    schedule = models.ForeignKey(ReportSchedule, models.SET_NULL, null=True, related_name="reports")
    # The slot, the posture that lost something, or a random word for one that was `asked` for.
    period = models.CharField(max_length=64)
    # Somebody pressed "Send now": the schedule goes on as if they had not.
    asked = models.BooleanField(default=False)
    # What an e-mail carries besides itself, as the schedule said.
    attachments = ArrayField(models.CharField(max_length=4), default=list)
    state = models.CharField(max_length=9, choices=State, default=State.DUE)
    # A worker that makes it keeps others away until then.
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # One sentence for a person; empty unless it failed.
    error = models.TextField(blank=True)

    title = models.CharField(max_length=200)
    # What it compares with, if anything, and what it shows.
    before = models.ForeignKey(Assessment, models.SET_NULL, null=True, related_name="+")
    assessment = models.ForeignKey(Assessment, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    made_at = models.DateTimeField(null=True)
    # `PostureReport` as JSON, compressed by gzip: every format is made of it when it is wanted.
    content = models.BinaryField(null=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "period"], name="one_report_per_period"),
        ]
        indexes = [
            models.Index(fields=["created_at"], name="reports_due", condition=Q(state="due")),
        ]

    def __str__(self) -> str:
        return self.title


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> Self:
        """Those to be taken up: waiting for their (next) attempt, or dropped by a dead worker."""
        waiting = Q(state=Delivery.State.WAITING, next_attempt_at__lte=now)
        dropped = Q(state__in=Delivery.IN_HAND, claimed_until__lt=now)
        return self.filter(waiting | dropped)


class Delivery(models.Model):
    """A report on its way to one recipient, whose address it keeps as it was.

    waiting -> preparing -> sending -> sent, and back to waiting for another attempt, or failed.
    `sending` is entered right before the first byte of the message goes out: what a dead worker
    left in `preparing` was surely not sent, what it left in `sending` may have been.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        PREPARING = "preparing", "Being prepared"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"

    IN_HAND = (State.PREPARING, State.SENDING)

    # The same for every attempt: a Message-ID and a webhook's id are made of it, so that a
    # receiver can tell a repetition.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    report = models.ForeignKey(Report, models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=7, choices=ReportRecipient.Kind)
    address = models.CharField(max_length=1000)
    shown = models.CharField(max_length=1000)
    secret = models.CharField(max_length=80, blank=True)

    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    # What the last attempt met, in one sentence; empty once it is sent.
    error = models.TextField(blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "shown"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["report", "kind", "address"], name="one_delivery_per_recipient"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="deliveries_unsent",
                condition=~Q(state__in=["sent", "failed"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} to {self.shown}: {self.state}"
