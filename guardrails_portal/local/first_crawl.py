"""The crawl that `./portal demo` and `./portal run` begin with, asked of the worker."""

from __future__ import annotations

import time
from collections.abc import Callable

from guardrails_portal.local.children import ServiceError
from guardrails_portal.local.supervisor import say

SECONDS_BETWEEN_LINES = 5


def crawl_through_the_worker(worker_is_alive: Callable[[], bool]) -> str:
    """Have the worker crawl and wait for it; return its error's sentence, "" when it went well."""
    from accounts.models import Crawl
    from guardrails_portal.celery import app

    newest = Crawl.objects.order_by("-pk").first()
    earlier = newest.pk if newest else 0
    app.send_task("policies.tasks.crawl_organization")
    say("Reading the organization …")
    started = said = time.monotonic()
    while True:
        crawl = Crawl.objects.filter(pk__gt=earlier).exclude(state=Crawl.State.RUNNING).first()
        if crawl is not None:
            return crawl.error
        if not worker_is_alive():
            raise ServiceError("The worker ended while it read the organization.")
        now = time.monotonic()
        if now - said > SECONDS_BETWEEN_LINES:
            say(f"  still reading, {now - started:.0f} s")
            said = now
        time.sleep(0.1)
