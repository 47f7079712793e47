"""The crawls of an organization, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.core.paginator import Page, Paginator
from django.utils import timezone

from accounts.connections import crawls_of
from accounts.models import Crawl, Organization

PAGE_SIZE: Final = 50


@dataclass(frozen=True, slots=True)
class CrawlRow:
    """`took` is up to now for one that is running; `calls` by name, most frequent first."""

    crawl: Crawl
    took: timedelta
    calls: tuple[tuple[str, int], ...]

    @property
    def all_calls(self) -> int:
        return sum(count for _, count in self.calls)


def crawls(organization: Organization | None, page: str = "1") -> Page[Crawl]:
    """Those that never learned what they read are among them; two queries."""
    found = crawls_of(organization) if organization else Crawl.objects.all()
    return Paginator(found.order_by("-started_at", "-pk"), PAGE_SIZE).get_page(page)


def crawl_row(crawl: Crawl) -> CrawlRow:
    took = (crawl.finished_at or timezone.now()) - crawl.started_at
    calls = sorted(crawl.calls.items(), key=lambda call: (-call[1], call[0]))
    return CrawlRow(crawl, timedelta(seconds=int(took.total_seconds())), tuple(calls))
