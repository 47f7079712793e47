"""What each page costs: the same queries for three accounts and for three hundred.

`page_queries.json` is the committed baseline: a page that comes to cost more fails here,
and whoever means it writes the new number down.
"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.services import start_crawl
from guardrails_portal.people.roles import Role
from policies.models import Assessment, Cause
from policies.selectors.headings import headings
from policies.selectors.heat_map import worths
from policies.selectors.lacking import lacking_alike
from policies.selectors.units import unit_rows
from policies.services.recording import record
from tests.factories import NO_LOGIN_PROFILES, ROOT, TAKEN_AT, Scp, organization
from tests.users import signed_in

pytestmark = pytest.mark.django_db

BASELINE: dict[str, int] = json.loads(
    Path(__file__).with_name("page_queries.json").read_text(encoding="utf-8")
)


def store(accounts: int) -> Assessment:
    names = {f"account-{n}": f"Unit {n % 40}/Below {n % 3}" for n in range(accounts)}
    scps = [Scp(f"SCP {n}", NO_LOGIN_PROFILES, at=[f"Unit {n}"]) for n in range(3)]
    # Something has changed, so that there is a history.
    record(start_crawl(), organization(names, scps[:1]))
    return record(start_crawl(), organization(names, scps, taken_at=TAKEN_AT + timedelta(hours=1)))


def cost(browser: Client, address: str, reason: str = "") -> int:
    cause = Cause.objects.filter(changed__gt=0).latest("pk").pk
    # As in a process that has drawn nothing yet.
    unit_rows.cache_clear()
    worths.cache_clear()
    with CaptureQueriesContext(connection) as queries:
        response = browser.get(address.format(root=ROOT, reason=reason, cause=cause))
        # A file is read as it is asked for.
        assert response.getvalue()
    assert response.status_code == 200
    return len(queries)


def test_pages_cost_the_queries_written_down_however_many_accounts() -> None:
    browser = signed_in(Role.OPERATOR)
    for accounts in (3, 300):
        assessment = store(accounts)
        (s3,) = (one for one in headings() if one.id == "prevent-s3-public-access")
        reason = lacking_alike(assessment, s3)[0].key
        costs = {address: cost(browser, address, reason) for address in BASELINE}
        assert costs == BASELINE, f"with {accounts} accounts"


def test_a_later_page_costs_no_more_and_a_process_asks_for_the_units_once() -> None:
    browser = signed_in(Role.OPERATOR)
    store(300)
    first = BASELINE["/organization/accounts/"]
    for page in (2, 3):
        assert cost(browser, f"/organization/accounts/?page={page}") == first
    with CaptureQueriesContext(connection) as queries:
        browser.get("/organization/accounts/")
    assert len(queries) == first - 1
