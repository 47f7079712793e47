"""How long accounts have lacked a guardrail."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from accounts.models import Organization
from accounts.snapshot import AccountState
from policies.analysis.verdict import Status
from policies.models import AccountVersion
from policies.selectors.unit_totals import Held, held_totals


@dataclass(frozen=True, slots=True)
class Exposure:
    """Since when an account lacks a guardrail.

    `from_the_beginning` says that the history knows no time before.
    """

    lacking_since: datetime
    from_the_beginning: bool


def history_begins(organization: Organization) -> datetime | None:
    """The first moment of which a posture is kept; one query."""
    kept = organization.assessments.filter(kept=True).order_by("since", "pk")
    return kept.values_list("since", flat=True).first()


def exposure(
    organization: Organization,
    account_ids: Iterable[str],
    moment: datetime,
    begins: datetime | None = None,
) -> Mapping[tuple[str, str], Exposure]:
    """What active members lacked right before the moment, by account and guardrail.

    One query, two without `history_begins`.
    """
    begins = begins or history_begins(organization)
    rows = (
        AccountVersion.objects.filter(organization=organization, aws_id__in=account_ids)
        .filter(since__since__lt=moment, state=AccountState.ACTIVE)
        .annotate(
            guardrail=F("posture__verdicts__guardrail"),
            status=F("posture__verdicts__status"),
            started=F("since__since"),
            ended=F("until__since"),
        )
        .order_by("aws_id", "guardrail", "since")
        .values_list("aws_id", "guardrail", "status", "started", "ended")
    )
    found: dict[tuple[str, str], Exposure] = {}
    # When the stretch of lacking ended that is being followed; None where it goes on.
    ends: dict[tuple[str, str], datetime | None] = {}
    for account, guardrail, status, since, until in rows:
        if Status(status).lacking:
            key = (account, guardrail)
            begun = found[key].lacking_since if key in found and ends[key] == since else since
            found[key] = Exposure(begun, begins is not None and begun <= begins)
            ends[key] = until
    return {key: one for key, one in found.items() if (ends[key] or moment) >= moment}


def exposure_totals(
    organization: Organization, start: datetime, end: datetime, unit_id: str = ""
) -> Mapping[str, timedelta]:
    """Time × accounts that lacked each guardrail below a unit, or in the organization.

    One query.
    """
    return exposure_of(held_totals(organization, start, end, unit_id), start, end)


def exposure_of(held: Iterable[Held], start: datetime, end: datetime) -> Mapping[str, timedelta]:
    """The same from what held between the two, or longer."""
    found: dict[str, timedelta] = {}
    for one in held:
        time = min(one.until or end, end) - max(one.since, start)
        if time > timedelta():
            lacked = time * one.lacking
            found[one.guardrail] = found.get(one.guardrail, timedelta()) + lacked
    return found
