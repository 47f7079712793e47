"""Which verdicts an assessment changed, and what changed them."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from policies.models.assessment import Assessment
from policies.models.posture import Verdict
from policies.models.version import AccountVersion, UnitVersion


class Cause(models.Model):
    """What happened between two assessments that changed verdicts, or could have.

    Mostly one event; several where nothing tells which of them did it.
    """

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="causes")
    # [{"kind": …, "policy": {"id", "name"}, "target": {"id", "name"}, …}, …], as
    # `policies.events.Event.to_json` writes: with the names of that time.
    events = models.JSONField()
    # How many verdicts it changed, and of them to the worse and to the better.
    changed = models.PositiveIntegerField(default=0)
    regressions = models.PositiveIntegerField(default=0)
    improvements = models.PositiveIntegerField(default=0)

    class Meta:
        # Finds the causes that name a policy.
        indexes = [
            GinIndex(fields=["events"], opclasses=["jsonb_path_ops"], name="causes_by_event")
        ]

    def __str__(self) -> str:
        return ", ".join(event["kind"] for event in self.events)


class VerdictChange(models.Model):
    """A verdict of one account that is another than at the assessment before.

    # INVARIANT: those of one assessment are stored by the names of their accounts, so their keys
    # stand in the order in which they are shown.
    """

    class Direction(models.TextChoices):
        # Enforced before and not any more, or more actions open than before.
        REGRESSION = "regression"
        IMPROVEMENT = "improvement"
        # An account that came or went, or a verdict that is neither better nor worse.
        OTHER = "other"

    assessment = models.ForeignKey(
        Assessment, models.CASCADE, related_name="changes", db_index=False
    )
    cause = models.ForeignKey(Cause, models.CASCADE, related_name="changes", db_index=False)
    # As the assessment found it, or as it was last where it is gone.
    account = models.ForeignKey(AccountVersion, models.CASCADE, related_name="changes")
    # Where that account is, and where it was right before if that was another place: here an index
    # can have them.
    unit = models.ForeignKey(UnitVersion, models.RESTRICT, related_name="+")
    former_unit = models.ForeignKey(UnitVersion, models.RESTRICT, null=True, related_name="+")
    guardrail = models.SlugField(db_index=False)
    # Null for an account that was not there before, or is not any more.
    before = models.ForeignKey(Verdict, models.RESTRICT, null=True, related_name="+")
    after = models.ForeignKey(Verdict, models.RESTRICT, null=True, related_name="+")
    direction = models.CharField(max_length=11, choices=Direction)

    class Meta:
        indexes = [
            models.Index(fields=["assessment", "guardrail"], name="changes_by_time"),
            # A page of those that one cause changed walks along it, and finds here where they are.
            models.Index(
                fields=["cause", "guardrail", "id"],
                include=["unit", "former_unit"],
                name="changes_of_cause",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.guardrail} of {self.account_id}: {self.direction}"


class ChangeTotal(models.Model):
    """How many verdicts a cause changed alike, counted when they are stored: a page of causes
    costs the same whether one changed three verdicts or all of an organization.
    """

    cause = models.ForeignKey(Cause, models.CASCADE, related_name="totals", db_index=False)
    # The OU below which the accounts were when it changed, or right before; empty for all.
    unit_aws_id = models.CharField(max_length=68, blank=True)
    guardrail = models.SlugField(db_index=False)
    # Statuses; empty for accounts that came, or went.
    before = models.CharField(max_length=16, blank=True)
    after = models.CharField(max_length=16, blank=True)
    direction = models.CharField(max_length=11, choices=VerdictChange.Direction)
    accounts = models.PositiveIntegerField()
    # [{"id": …, "name": …}, …] of the first few by name, as they were called.
    examples = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["cause", "unit_aws_id"], name="change_totals_of_cause")]

    def __str__(self) -> str:
        return f"{self.guardrail} of {self.accounts}: {self.direction}"
