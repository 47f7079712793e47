from __future__ import annotations

from django.db import models

from accounts.models.organization import Organization
from accounts.models.unit import Unit
from accounts.snapshot import AccountState


class AccountQuerySet(models.QuerySet["Account"]):
    def counted(self) -> AccountQuerySet:
        """Active member accounts: those that coverage is a share of."""
        return self.filter(state=AccountState.ACTIVE).exclude(
            aws_id=models.F("organization__management_account_id")
        )


class Account(models.Model):
    """An AWS account. (Users of the portal are users.)"""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="accounts")
    aws_id = models.CharField(max_length=12)
    name = models.CharField(max_length=128)
    email = models.CharField(max_length=320)
    state = models.CharField(max_length=18, choices=[(s.value, s.value) for s in AccountState])
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="accounts")

    objects = AccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "aws_id"], name="one_row_per_account"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.aws_id})"
