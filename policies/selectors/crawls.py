"""The crawls of an organization, newest first."""

from dataclasses import dataclass
from typing import Final

from django.core.paginator import Page, Paginator

from accounts.connections import crawls_of
from accounts.models import Crawl, Organization

PAGE_SIZE: Final = 50
_PHASES: Final = {
    "": "Starting",
    "organization": "Asking which organization it is",
    "accounts": "Listing the accounts",
    "policies": "Reading the SCPs and where they are attached",
    "tree": "Placing the accounts in their OUs",
    "consistency": "Making sure that nothing moved meanwhile",
    "verdicts": "Judging every account",
}


@dataclass(frozen=True, slots=True)
class CrawlRow:
    """`calls` by name, most frequent first, with how many of them AWS throttled."""

    crawl: Crawl
    calls: tuple[tuple[str, int, int], ...]

    @property
    def phase(self) -> str:
        """What it is at, in words."""
        return _PHASES.get(self.crawl.phase, self.crawl.phase)

    @property
    def expected_calls(self) -> int:
        """Never less than were made: what moves while it is read costs calls nobody expected."""
        return max(self.crawl.expected_calls, self.crawl.calls_made)


def crawls(organization: Organization | None, page: str = "1") -> Page[Crawl]:
    """Those that never learned what they read are among them; two queries."""
    found = crawls_of(organization) if organization else Crawl.objects.all()
    return Paginator(found.order_by("-started_at", "-pk"), PAGE_SIZE).get_page(page)


def crawl_row(crawl: Crawl) -> CrawlRow:
    calls = [(name, made, crawl.throttled.get(name, 0)) for name, made in crawl.calls.items()]
    calls.sort(key=lambda call: (-call[1], call[0]))
    return CrawlRow(crawl, tuple(calls))
