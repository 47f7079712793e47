"""The page of the crawls: how they went, and how far the one is that runs."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Crawl
from accounts.services import fail_crawl, start_crawl
from guardrails_portal.people.roles import Role
from policies.services.recording import record
from tests.factories import organization
from tests.users import page as markup
from tests.users import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(operator: Client) -> Client:
    record(start_crawl(), organization())
    return operator


def page(browser: Client) -> str:
    return " ".join(markup(browser, reverse("policies:crawls")).split())


def test_the_crawls_say_how_they_went(browser: Client) -> None:
    fail_crawl(start_crawl(), "organizations:ListRoots failed.")
    Crawl.objects.filter(state="completed").update(calls={"ListAccounts": 1_200})
    found = page(browser)
    assert "organizations:ListRoots failed." in found
    assert "1,200 calls" in found
    assert 'hx-trigger="every 15s"' in found
    start_crawl()
    assert 'hx-trigger="every 2s"' in page(browser)


def test_a_crawl_that_runs_says_how_far_it_is(browser: Client) -> None:
    crawl = start_crawl()
    assert "Starting" in page(browser)
    Crawl.objects.filter(pk=crawl.pk).update(
        phase="policies",
        accounts_read=31_480,
        calls={"ListAccounts": 1_574, "DescribePolicy": 26},
        throttled={"ListAccounts": 12},
        expected_calls=3_200,
        started_at=timezone.now() - timedelta(seconds=100),
        heartbeat_at=timezone.now(),
    )
    found = page(browser)
    assert "Reading the SCPs and where they are attached" in found
    assert "31,480 accounts" in found
    assert "1,600 of about 3,200 calls" in found
    assert "12 throttled" in found
    assert "for 1 min 40 s so far" in found
    end = timezone.now() + timedelta(seconds=100)
    shown = re.search(r'done about <time datetime="([^"]+)"', found)
    assert shown is not None
    assert abs(datetime.fromisoformat(shown[1]) - end) < timedelta(seconds=10)


def test_a_viewer_sees_no_button_to_crawl(browser: Client) -> None:
    assert "Crawl now" not in page(signed_in(Role.VIEWER))
