"""A real browser on the real pages: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.services import start_crawl
from accounts.snapshot import OrganizationSnapshot
from guardrails_portal.people.models import User
from policies.services.recording import record
from tests.factories import KEEP_S3_PRIVATE, NO_LOGIN_PROFILES, Scp, deny, organization
from tests.tools import installed

# What htmx says when a page is left while it asks for something.
CUT_OFF = ("htmx:afterRequest", "htmx:sendAbort")
PASSWORD = "a-password-for-the-tests"


# Of this package, so that what it sets in the environment is gone when other tests run.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    path = installed("chromium", "chromium-browser")
    # Playwright's own loop runs in this thread, and Django would take it for an async view.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        # Chromium's sandbox refuses root, as which containers run.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@dataclass
class Visit:
    """A page of one visitor, and what the browser complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(CUT_OFF):
            self.complaints.append(message.text)


Open = Callable[..., Visit]


def log_in(context: BrowserContext, url: str) -> None:
    client = Client()
    client.force_login(User.objects.get(username="demo"))
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}]
    )


@pytest.fixture
def posture(transactional_db: None) -> OrganizationSnapshot:
    """Every status but indeterminate, on a path four levels deep; and odd names."""
    User.objects.create_superuser("demo", password=PASSWORD)
    snapshot = organization(
        {
            "payments": "Workloads/Production/Payments",
            "orders": "Workloads/Production",
            "O'Hara & Sons <Web>": "Acquisitions",
            "a-name-as-long-as-aws-allows-" + "x" * 21: "Acquisitions",
            "sandbox": "Sandbox",
        },
        [
            Scp("No login profiles", NO_LOGIN_PROFILES, at=["Workloads"]),
            Scp("Keep S3 private", KEEP_S3_PRIVATE),
            Scp("Stay in the organization", deny("organizations:LeaveOrganization")),
            Scp("Three of four", deny("cloudtrail:DeleteTrail", "cloudtrail:StopLogging")),
        ],
    )
    record(start_crawl(), snapshot)
    return snapshot


@pytest.fixture
def many(posture: OrganizationSnapshot) -> None:
    """More accounts than a page of the matrix holds."""
    record(start_crawl(), organization({f"account-{n:03}": "Sandbox" for n in range(124)}))


@pytest.fixture
def visit(
    chromium: Browser, live_server: LiveServer, posture: OrganizationSnapshot
) -> Iterator[Open]:
    """Open a page, ordinarily as somebody logged in; at the end the browser must be content."""
    visits: list[Visit] = []

    def opened(
        address: str,
        *,
        width: int = 1280,
        scheme: str = "light",
        scripts: bool = True,
        logged_in: bool = True,
    ) -> Visit:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 800},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        found = Visit(context.new_page())
        visits.append(found)
        found.page.on("console", found.hear)
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
        if logged_in:
            log_in(context, live_server.url)
        found.page.goto(address)
        return found

    yield opened
    for one in visits:
        one.page.context.close()
        assert not one.complaints
