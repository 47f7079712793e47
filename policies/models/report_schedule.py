"""Which reports are made, when, of what, and for whom."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.models import Organization
from policies.cadence import Cadence, Frequency
from policies.models.assessment import Assessment


class ReportSchedule(models.Model):
    """A report to be sent at an hour in a time zone, or when a crawl finds something lost.

    # INVARIANT: `due_at` is set for an active schedule with a frequency, and for no other.
    """

    class When(models.TextChoices):
        DAILY = Frequency.DAILY.value, "Daily"
        WEEKLY = Frequency.WEEKLY.value, "Weekly"
        MONTHLY = Frequency.MONTHLY.value, "Monthly"
        ON_REGRESSION = "on_regression", "When something is lost"

    class Attached(models.TextChoices):
        PDF = "pdf", "PDF"
        CSV = "csv", "CSV, every account and guardrail"
        JSON = "json", "JSON, with the snapshot"

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="report_schedules")
    name = models.CharField(max_length=100)
    active = models.BooleanField(default=True)

    when = models.CharField(max_length=13, choices=When, default=When.WEEKLY)
    hour = models.PositiveSmallIntegerField(default=8, validators=[MaxValueValidator(23)])
    # Monday is 0, as in `datetime`.
    weekday = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(6)])
    day = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    time_zone = models.CharField(max_length=64, default="UTC")

    # AWS's id of an OU, empty for the whole organization. No foreign key: with the OU gone the
    # schedule says so, instead of vanishing or of reporting more than it should.
    unit_id = models.CharField(max_length=68, blank=True)
    # Ids of the catalogue; empty for all.
    guardrails = ArrayField(models.SlugField(), default=list, blank=True)
    only_if_changed = models.BooleanField(default=False)
    # What an e-mail carries besides itself.
    attachments = ArrayField(
        models.CharField(max_length=4, choices=Attached), default=list, blank=True
    )

    # When the next report is due.
    due_at = models.DateTimeField(null=True, db_index=True)
    # What the last report showed: the next one's period begins there.
    reported = models.ForeignKey(Assessment, models.SET_NULL, null=True, related_name="+")
    # The newest assessment that was searched for something lost.
    searched = models.ForeignKey(Assessment, models.SET_NULL, null=True, related_name="+")
    # Counts what is saved by people: a claim of what it was before fails.
    edition = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def cadence(self) -> Cadence | None:
        """None for a schedule on regression."""
        if self.when == self.When.ON_REGRESSION:
            return None
        return Cadence(Frequency(self.when), self.hour, self.time_zone, self.weekday, self.day)


class ReportRecipient(models.Model):
    """Whom the reports of a schedule go to.

    `address` is an e-mail address, an address of apprise (`slack://…`), or an https URL; those
    of chats and webhooks may hold secrets, so that pages show `shown` instead.
    """

    class Kind(models.TextChoices):
        EMAIL = "email", "E-mail"
        CHAT = "chat", "Chat"
        WEBHOOK = "webhook", "Webhook"

    schedule = models.ForeignKey(ReportSchedule, models.CASCADE, related_name="recipients")
    kind = models.CharField(max_length=7, choices=Kind)
    address = models.CharField(max_length=1000)
    shown = models.CharField(max_length=1000)
    # Signs what a webhook is sent; empty for the other kinds.
    secret = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "kind", "address"], name="one_row_per_recipient"
            ),
        ]

    def __str__(self) -> str:
        return self.shown
