from django.db import models

from accounts.models import Organization


class Policy(models.Model):
    """A service control policy, its text exactly as AWS stores it."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="policies")
    aws_id = models.CharField(max_length=130)
    name = models.CharField(max_length=128)
    type = models.CharField(max_length=64)
    aws_managed = models.BooleanField()
    # Null for a policy that is attached nowhere: its text is not read.
    content = models.TextField(null=True)  # noqa: DJ001 - unread is not the same as empty

    class Meta:
        verbose_name_plural = "policies"
        constraints = [
            models.UniqueConstraint(fields=["organization", "aws_id"], name="one_row_per_policy"),
        ]

    def __str__(self) -> str:
        return self.name
