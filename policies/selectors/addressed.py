"""The posture that an address of the API asks for."""

from datetime import datetime

from policies.models import Assessment
from policies.selectors.standing import NothingKnown, assessment_at, last_taken

_NOTHING_YET = "Nothing has been crawled yet: ask for a crawl, and for the posture after it."


def assessment_of(organization_id: str | None, moment: datetime | None) -> Assessment:
    """At the moment, or now; of that organization, or of the one crawled last, as on pages.

    One query, two with a moment. Raises `NothingKnown`.
    """
    newest = last_taken(organization_id or "")
    if newest is None:
        raise NothingKnown(
            _NOTHING_YET
            if organization_id is None
            else f"No organization {organization_id} has been crawled."
        )
    return newest if moment is None else assessment_at(newest.organization, moment)


def kept_assessment(key: int) -> Assessment:
    """The assessment of that key; raises `NothingKnown` when its rows have been forgotten."""
    found = Assessment.objects.select_related("organization").filter(pk=key, kept=True).first()
    if found is None:
        raise NothingKnown("What these pages were read from is kept no longer; start anew.")
    return found
