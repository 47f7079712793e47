"""What the portal knows at all: of which organization, since when, and how crawls go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Crawl, Organization
from policies.models import Assessment


class NothingKnown(LookupError):
    """That no posture is kept of a moment; its text is the sentence for a person."""


@dataclass(frozen=True, slots=True)
class Standing:
    """`assessment` is what pages show; `crawl` is the newest, whatever became of it.

    `as_of` is the moment that was asked for, and None for now.
    """

    assessment: Assessment | None
    crawl: Crawl | None
    as_of: datetime | None = None

    @property
    def running(self) -> bool:
        return self.crawl is not None and self.crawl.state == Crawl.State.RUNNING

    @property
    def failed(self) -> bool:
        return self.crawl is not None and self.crawl.state == Crawl.State.FAILED

    @property
    def seen(self) -> str:
        """Changes whenever a crawl starts or ends."""
        return f"{self.crawl.pk}-{self.crawl.state}" if self.crawl else ""


def standing(as_of: datetime | None = None) -> Standing:
    """Two queries. The organization crawled last is the one that pages are about.

    With `as_of` its posture is that of the moment: three queries, and `NothingKnown` where
    no posture of that time is there.
    """
    assessments = Assessment.objects.select_related("organization")
    newest = assessments.order_by("-taken_at", "-pk").first()
    crawl = Crawl.objects.order_by("-started_at", "-pk").first()
    if as_of is None or newest is None:
        return Standing(newest, crawl)
    return Standing(assessment_at(newest.organization, as_of), crawl, as_of)


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
