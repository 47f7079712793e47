"""The crawl that `./portal demo` and `./portal run` begin with, asked of the worker."""

import time

from guardrails_portal.local.children import ServiceError
from guardrails_portal.local.supervisor import Supervisor, say

SECONDS_BETWEEN_LINES = 5


class FirstCrawl:
    """A crawl under way in the worker, since it was made."""

    def __init__(self) -> None:
        from django.utils import timezone

        from guardrails_portal.celery import app

        self.asked_at = timezone.now()
        self.started = self.said = time.monotonic()
        say("Reading the organization …")
        app.send_task("policies.tasks.crawl_organization")

    def error(self) -> str | None:
        """None while it runs; then its sentence for a person, "" when it went well."""
        from accounts.models import Crawl

        # One that was under way already serves as well, and keeps ours from starting.
        crawl = Crawl.objects.filter(finished_at__gte=self.asked_at).order_by("pk").last()
        if crawl is not None:
            return crawl.error
        now = time.monotonic()
        if now - self.said > SECONDS_BETWEEN_LINES:
            say(f"  still reading, {now - self.started:.0f} s")
            self.said = now
        return None


def wait_for_crawl(supervisor: Supervisor) -> None:
    """Return when the sample organization is read; raise ServiceError where it cannot be."""
    crawl = FirstCrawl()
    while (error := crawl.error()) is None:
        worker = supervisor.child("worker")
        if not worker.alive:
            raise ServiceError(f"The worker ended while it read: see {worker.recipe.log}")
        time.sleep(0.1)
    if error:
        raise ServiceError(f"The sample organization could not be read: {error}")
