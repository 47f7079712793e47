from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from accounts.models.organization import Organization


class Connection(models.Model):
    """How an organization is reached: with whose credentials, and how often it is crawled.

    No secret is kept here: AWS does not treat an external id as one.
    Source: IAM User Guide, "Access to AWS accounts owned by third parties".
    """

    name = models.CharField(max_length=100, unique=True)
    # A profile of ~/.aws/config; empty for the credentials of the worker's environment.
    profile = models.CharField(max_length=128, blank=True)
    # A role to assume from there. Where all three are empty, CRAWL_ROLE_ARN says.
    role_arn = models.CharField(
        max_length=2048,
        blank=True,
        validators=[
            RegexValidator(
                r"^arn:aws[a-z-]*:iam::\d{12}:role/\S+$",
                "Write a role's ARN, such as arn:aws:iam::123456789012:role/guardrails-portal.",
            )
        ],
    )
    external_id = models.CharField(max_length=1224, blank=True)
    # Minutes from the start of one crawl to that of the next; empty for CRAWL_INTERVAL_MINUTES.
    interval_minutes = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[
            MinValueValidator(5, "Write minutes from 5 to 10080 (a week)."),
            MaxValueValidator(10_080, "Write minutes from 5 to 10080 (a week)."),
        ],
    )
    # Part of AWS's request rates that its crawls may use; empty for CRAWL_RATE_SHARE.
    rate_share = models.FloatField(
        null=True,
        blank=True,
        validators=[
            MinValueValidator(0.01, "Write a share from 0.01 to 1, such as 0.5 for half."),
            MaxValueValidator(1, "Write a share from 0.01 to 1, such as 0.5 for half."),
        ],
    )
    # Whether it is crawled by the clock, and not only when somebody asks.
    scheduled = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # When somebody asked whether it works, and when and what a worker answered; it is being tried
    # where the answer is older than the question.
    trial_asked_at = models.DateTimeField(null=True, editable=False)
    tried_at = models.DateTimeField(null=True, editable=False)
    trial_passed = models.BooleanField(default=False, editable=False)
    # One sentence for a person.
    trial_sentence = models.TextField(blank=True, editable=False)
    # The one that it led to last.
    organization = models.ForeignKey(
        Organization, models.SET_NULL, null=True, blank=True, related_name="connections"
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "role_arn", "external_id"],
                name="one_connection_per_credentials",
                violation_error_message="Another connection has these credentials already.",
            ),
            models.CheckConstraint(
                condition=models.Q(external_id="") | ~models.Q(role_arn=""),
                name="external_id_for_a_role",
                violation_error_message="An external id is for a role: give the role's ARN too.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def being_tried(self) -> bool:
        asked, tried = self.trial_asked_at, self.tried_at
        return asked is not None and (tried is None or tried < asked)

    @property
    def external_id_hint(self) -> str:
        """Enough to tell two apart by."""
        return f"…{self.external_id[-4:]}" if len(self.external_id) > 8 else "…"
