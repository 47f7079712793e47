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
    """One account and one guardrail in a period.

    `lacking_since` is when it began to lack what it lacks at the period's end, and None
    where it does not. `from_the_beginning` says that the history knows no time before.
    """

    time: timedelta
    lacking_since: datetime | None
    from_the_beginning: bool = False


def history_begins(organization: Organization) -> datetime | None:
    """The first moment of which a posture is kept; one query."""
    kept = organization.assessments.filter(kept=True).order_by("since", "pk")
    return kept.values_list("since", flat=True).first()


def exposure(
    organization: Organization,
    account_ids: Iterable[str],
    start: datetime,
    end: datetime,
    begins: datetime | None = None,
) -> Mapping[tuple[str, str], Exposure]:
    """By account and guardrail; one query, two without `history_begins`.

    Counts the time as an active member. Only what lacked a guardrail in [start, end), or lacks
    it then, is in the answer.
    """
    begins = begins or history_begins(organization)
    rows = (
        AccountVersion.objects.filter(organization=organization, aws_id__in=account_ids)
        .filter(since__since__lt=end, state=AccountState.ACTIVE)
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
    # When the stretch of lacking ended that is being followed.
    ends: dict[tuple[str, str], datetime] = {}
    for account, guardrail, status, since, until in rows:
        if not Status(status).lacking:
            continue
        key = (account, guardrail)
        known = found.get(key)
        last = end if until is None else min(until, end)
        begun = since
        if known and known.lacking_since and ends[key] == since:
            begun = known.lacking_since
        time = max(last - max(since, start), timedelta())
        found[key] = Exposure(
            time=time + (known.time if known else timedelta()),
            lacking_since=begun,
            from_the_beginning=begins is not None and begun <= begins,
        )
        ends[key] = last
    return {
        key: one if ends[key] == end else Exposure(one.time, None)
        for key, one in found.items()
        if one.time or ends[key] == end
    }


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
