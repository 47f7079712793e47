"""What the portal knows at all: of which organization, since when, and how crawls go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from accounts.connections import crawls_of, interval_of, planned_crawl
from accounts.models import Crawl, Organization
from policies.models import Assessment
from policies.selectors.scps_off import ScpsOff, scps_off

# A posture is stale when this many crawls that should have renewed it did not.
_MISSED: Final = 3
# Seconds after which an open page asks how crawls go, at least and at most.
_OFTEN: Final = 2
_SELDOM: Final = 15
_NOTHING_YET: Final = "Nothing has been crawled yet: ask for a crawl, and for the posture after it."


class NothingKnown(LookupError):
    """That no posture is kept of a moment; its text is the sentence for a person."""


@dataclass(frozen=True, slots=True)
class Standing:
    """`assessment` is what pages show; `crawl` is the newest, whatever became of it.

    `as_of` is the moment that was asked for, and None for now. `organizations` are all that
    the portal knows, by id.
    """

    assessment: Assessment | None
    crawl: Crawl | None
    as_of: datetime | None = None
    organizations: Sequence[Organization] = ()

    @property
    def organization(self) -> Organization | None:
        return self.assessment.organization if self.assessment else None

    @property
    def scps_off(self) -> ScpsOff | None:
        """Why no SCP had any effect at the moment shown; None where SCPs were in force."""
        return scps_off(self.assessment) if self.assessment else None

    @property
    def running(self) -> bool:
        return self.crawl is not None and self.crawl.state == Crawl.State.RUNNING

    @property
    def asks_again(self) -> int:
        """Seconds until an open page asks how crawls go.

        The longer a crawl has run, the later its end may be noticed: a large organization is
        read for minutes, while many pages are open.
        """
        if self.crawl is None or not self.running:
            return _SELDOM
        tenth = int(self.crawl.duration.total_seconds() / 10)
        return min(max(_OFTEN, tenth), _SELDOM)

    @property
    def failed(self) -> bool:
        return self.crawl is not None and self.crawl.state == Crawl.State.FAILED

    @property
    def seen(self) -> str:
        """Changes whenever a crawl starts or ends."""
        return f"{self.crawl.pk}-{self.crawl.state}" if self.crawl else ""

    @property
    def next_crawl(self) -> datetime | None:
        """As `planned_crawl`; None where there was none at all."""
        return planned_crawl(self.crawl.connection, self.crawl) if self.crawl else None

    @property
    def stale(self) -> bool:
        """Whether the posture is older than crawls on time would leave it."""
        if self.assessment is None or self.as_of is not None:
            return False
        age: timedelta = timezone.now() - self.assessment.taken_at
        return age > _MISSED * interval_of(self.crawl.connection if self.crawl else None)


def standing(organization_id: str = "", as_of: datetime | None = None) -> Standing:
    """Three queries. Without an id: of the organization that was crawled last.

    An id that is not known gives a standing without assessment. With `as_of` the posture is
    that of the moment: a query more, and `NothingKnown` where none of that time is there.
    """
    newest = last_taken(organization_id)
    crawls = crawls_of(newest.organization) if newest else Crawl.objects.all()
    crawls = crawls.select_related("connection").order_by("-started_at", "-pk")
    organizations = list(Organization.objects.order_by("aws_id"))
    shown = assessment_at(newest.organization, as_of) if newest and as_of else newest
    return Standing(shown, crawls.first(), as_of, organizations)


def last_taken(organization_id: str = "") -> Assessment | None:
    """Of the organization, or without an id of the one that was crawled last; one query."""
    found = Assessment.objects.select_related("organization").order_by("-taken_at", "-pk")
    return (
        found.filter(organization__aws_id=organization_id) if organization_id else found
    ).first()


def newest_assessment(organization: Organization | int | None) -> Assessment | None:
    """The last that was written; one query."""
    found = Assessment.objects.filter(organization=organization).select_related("organization")
    return found.order_by("-pk").first()


def assessment_at(organization: Organization, moment: datetime) -> Assessment:
    """The assessment that held at the moment; raises `NothingKnown`."""
    assessments = organization.assessments.select_related("organization")
    found = assessments.filter(since__lte=moment).order_by("-since", "-pk").first()
    if found is not None and found.kept:
        return found
    asked = f"{moment:%-d %b %Y, %H:%M} UTC"
    oldest = assessments.filter(kept=True).order_by("since", "pk").first()
    since = f"{oldest.since:%-d %b %Y, %H:%M} UTC" if oldest else "now"
    raise NothingKnown(f"Nothing is known of {asked}: the history reaches back to {since}.")


def assessment_of(organization_id: str | None, moment: datetime | None) -> Assessment:
    """What an address of the API asks for: at the moment, or now.

    Of that organization, or of the one crawled last, as on pages. One query, two with
    a moment. Raises `NothingKnown`.
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
