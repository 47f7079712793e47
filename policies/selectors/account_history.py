"""The history of one account: what changed its verdicts, and since when it lacks what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from policies.models import Assessment
from policies.selectors.changes import ChangeEntry, ChangeFilter, newest_changes
from policies.selectors.exposure import exposure, history_begins
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
    """`since` is where the history begins; `changes` are the newest ones."""

    account_id: str
    since: datetime
    exposures: tuple[Lacking, ...]
    changes: Sequence[ChangeEntry]


def account_history(
    assessment: Assessment, account_id: str, as_of: datetime | None = None
) -> AccountHistory:
    """Up to the moment that the assessment is shown for, None for now; four queries."""
    organization = assessment.organization
    end = as_of or timezone.now()
    begins = history_begins(organization)
    known = exposure(organization, [account_id], end, begins)
    exposures = []
    for one in headings():
        found = known.get((account_id, one.id))
        if found:
            time = end - found.lacking_since
            exposures.append(Lacking(one, found.lacking_since, time, found.from_the_beginning))
    until = end + timedelta(microseconds=1)
    return AccountHistory(
        account_id=account_id,
        since=begins or assessment.since,
        exposures=tuple(exposures),
        changes=newest_changes(organization, ChangeFilter(account=account_id, end=until), _SHOWN),
    )
