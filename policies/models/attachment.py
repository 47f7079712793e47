from django.db import models

from accounts.models import Account, Unit
from policies.models.policy import Policy


class Attachment(models.Model):
    """A policy attached to the root or a unit, or to an account: exactly one of the two."""

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="attachments")
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, related_name="attachments")
    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="attachments")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(unit=None) ^ models.Q(account=None), name="one_target"
            ),
            models.UniqueConstraint(fields=["policy", "unit"], name="attached_once_to_unit"),
            models.UniqueConstraint(fields=["policy", "account"], name="attached_once_to_account"),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} on {self.unit_id or self.account_id}"
