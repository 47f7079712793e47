from __future__ import annotations

from django.db import models

from accounts.models.organization import Organization


class Unit(models.Model):
    """The root or an organizational unit."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="units")
    aws_id = models.CharField(max_length=68)
    name = models.CharField(max_length=128)
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    # Ids from the root down to this unit, each followed by "/": a prefix is an ancestor.
    path = models.CharField(max_length=512)
    # Names from below the root down to this unit, joined by " / "; "Root" for the root.
    display_path = models.CharField(max_length=1024)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "aws_id"], name="one_row_per_unit"),
        ]
        indexes = [
            models.Index(
                fields=["organization", "path"],
                opclasses=["", "text_pattern_ops"],
                name="units_below",
            )
        ]

    def __str__(self) -> str:
        return self.display_path
