"""What the portal knows at all: of which organization, since when, and how crawls go."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Crawl
from policies.models import Assessment


@dataclass(frozen=True, slots=True)
class Standing:
    """`assessment` is what pages show; `crawl` is the newest, whatever became of it."""

    assessment: Assessment | None
    crawl: Crawl | None

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


def standing() -> Standing:
    """Two queries. The organization crawled last is the one that pages are about."""
    assessment = Assessment.objects.select_related("organization").order_by("-taken_at", "-pk")
    return Standing(assessment.first(), Crawl.objects.order_by("-started_at", "-pk").first())
