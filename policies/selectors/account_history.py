"""The history of one account: what changed its verdicts, and since when it lacks what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from policies.models import Assessment
from policies.selectors.changes import ChangeFilter, Changes, changes
from policies.selectors.exposure import exposure
from policies.selectors.headings import Heading, headings

_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Lacking:
    """A guardrail that the account lacks, since when and how long."""

    guardrail: Heading
    lacking_since: datetime
    lasting: timedelta
    from_the_beginning: bool


@dataclass(frozen=True, slots=True)
class AccountHistory:
    """`since` is where the history begins; `changes` are the newest."""

    account_id: str
    since: datetime
    exposures: tuple[Lacking, ...]
    changes: Changes


def account_history(
    assessment: Assessment, account_id: str, as_of: datetime | None = None
) -> AccountHistory:
    """Up to the moment that the assessment is shown for, None for now; eight queries."""
    organization = assessment.organization
    end = as_of or timezone.now()
    beginning = organization.assessments.filter(kept=True).order_by("since", "pk").first()
    known = exposure(organization, [account_id], end, end)
    exposures = []
    for one in headings():
        found = known.get((account_id, one.id))
        if found and found.lacking_since:
            time = end - found.lacking_since
            exposures.append(Lacking(one, found.lacking_since, time, found.from_the_beginning))
    until = end + timedelta(microseconds=1)
    return AccountHistory(
        account_id=account_id,
        since=beginning.since if beginning else assessment.since,
        exposures=tuple(exposures),
        changes=changes(organization, ChangeFilter(account=account_id, end=until), "1", _SHOWN),
    )
