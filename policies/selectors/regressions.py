"""Which verdict changes count for a report."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet

from policies.models import UnitVersion, VerdictChange
from policies.selectors.report_scope import Period

# What was lost, won back and is lost again within this time is told once.
QUIET: Final = timedelta(hours=1)


def changes_between(
    period: Period, unit: UnitVersion, guardrails: Collection[str]
) -> QuerySet[VerdictChange]:
    """Of accounts that are (or were last) below the unit; none with nothing to compare with."""
    if period.before is None:
        return VerdictChange.objects.none()
    return VerdictChange.objects.filter(
        assessment__organization=period.assessment.organization_id,
        assessment__gt=period.before.pk,
        assessment__lte=period.assessment.pk,
        guardrail__in=guardrails,
        account__unit__path__startswith=unit.path,
    )


def new_regressions(
    period: Period, unit: UnitVersion, guardrails: Collection[str]
) -> QuerySet[VerdictChange]:
    """What was lost, without what was lost a moment before as well: an account that comes and
    goes with each crawl makes no storm.
    """
    told_already = VerdictChange.objects.filter(
        assessment__organization=period.assessment.organization_id,
        assessment__lte=period.before.pk if period.before else 0,
        assessment__since__gte=period.assessment.since - QUIET,
        direction=VerdictChange.Direction.REGRESSION,
        guardrail=OuterRef("guardrail"),
        account__aws_id=OuterRef("account__aws_id"),
    )
    return changes_between(period, unit, guardrails).filter(
        ~Exists(told_already), direction=VerdictChange.Direction.REGRESSION
    )
