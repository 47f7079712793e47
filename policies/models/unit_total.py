from django.db import models

from policies.models.version import Version, VersionQuerySet, once_now


class UnitTotal(Version):
    """How many active member accounts below a unit had each status; kept for ever.

    The root's are those of the organization. A row is written where a number changes, so
    the sum of numbers × durations is the time that accounts were exposed.
    """

    unit_aws_id = models.CharField(max_length=68)
    # Id of a guardrail of the catalogue.
    guardrail = models.SlugField(db_index=False)
    # Named as `Status` has them; `not_applicable` counts the management account.
    enforced = models.PositiveIntegerField()
    partial = models.PositiveIntegerField()
    missing = models.PositiveIntegerField()
    indeterminate = models.PositiveIntegerField()
    not_applicable = models.PositiveIntegerField()

    objects = VersionQuerySet["UnitTotal"].as_manager()

    class Meta:
        constraints = [
            once_now("organization", "unit_aws_id", "guardrail", name="one_unit_total_now")
        ]
        indexes = [
            models.Index(fields=["organization", "unit_aws_id", "guardrail"], name="totals_of_unit")
        ]

    def __str__(self) -> str:
        return f"{self.guardrail} below {self.unit_aws_id}"
