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
                "Write a role's ARN, such as arn:aws:iam::222222222222:role/guardrails-portal.",
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
    # Whether it is crawled by the clock, and not only when somebody asks.
    scheduled = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
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
