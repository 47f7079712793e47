"""Every page as it looks: narrow and wide, light and dark, held to WCAG by axe.

All names in this organization are markup, and so is what its SCPs say: whatever page shows
them has to show them as text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from accounts.auditing import PORTAL
from accounts.connections import environment_connection
from accounts.services import fail_crawl, start_crawl
from accounts.snapshot import OrganizationSnapshot
from accounts.tasks import try_connection
from policies.models import Cause, Report
from policies.reports.making import make
from policies.services.recording import record
from policies.services.report_schedules import send_now
from tests.browser.axe import BOTH_WIDTHS, EVERY_LOOK, problems
from tests.browser.conftest import Open
from tests.factories import ROOT, Scp, account_id, deny, organization
from tests.policies.reports.writing import scheduled

pytestmark = pytest.mark.browser

# Names of AWS are of printable ASCII, which leaves room for all of this.
IMAGE = "<img src=x onerror=alert(1)>"
BREAK_OUT = "\"'><svg onload=alert(1)>"
SCRIPT = "</pre></script><script>alert(1)</script>"
# As long as AWS admits, with nowhere to break a line.
LONG = "W" * 128
MOST_BYTES = 300_000


@pytest.fixture
def marked(posture: OrganizationSnapshot) -> OrganizationSnapshot:
    """The organization with something on every page: changes, reports, a crawl that failed."""
    snapshot = organization(
        {
            IMAGE: f"{IMAGE}/{BREAK_OUT}",
            BREAK_OUT: BREAK_OUT,
            "payments": "Workloads/Production/Payments",
        },
        [
            Scp(IMAGE, deny("s3:PutAccountPublicAccessBlock", sid=IMAGE), at=[IMAGE]),
            Scp(
                BREAK_OUT,
                deny(
                    "cloudtrail:DeleteTrail",
                    "cloudtrail:StopLogging",
                    resource=f"arn:aws:cloudtrail:*:*:trail/{SCRIPT}",
                    Condition={"StringNotLike": {"aws:PrincipalArn": [SCRIPT]}},
                ),
            ),
            Scp(SCRIPT, json.dumps({"Statement": SCRIPT})),
            # Said to be edited, and by the report to have lost CloudTrail.
            Scp(LONG, deny("cloudtrail:StopLogging")),
        ],
    )
    record(start_crawl(), snapshot)
    report = send_now(PORTAL, scheduled("ciso@example.com", name=IMAGE))
    make(report.pk)
    fail_crawl(start_crawl(), SCRIPT)
    return snapshot


def main_pages(snapshot: OrganizationSnapshot) -> Iterator[str]:
    page = "/organization/"
    yield from (page, f"{page}accounts/", f"{page}accounts/heat-map/")
    yield f"{page}accounts/{account_id(snapshot, IMAGE)}/"
    yield from (f"{page}guardrails/protect-cloudtrail/", f"{page}units/")
    unit = next(unit.id for unit in snapshot.units if unit.name == IMAGE)
    yield from (f"{page}units/{unit}/", f"{page}scps/", f"{page}scps/p-scp00002/")
    yield from (f"{page}search/?q=%3C", f"{page}changes/?quiet=on", f"{page}crawls/")
    yield f"{page}changes/{Cause.objects.latest('changed').pk}/"
    yield f"{page}reports/{Report.objects.get().pk}/"
    yield from ("/connections/", "/parameters/o-example0001/", "/profile/")


def other_pages() -> Iterator[str]:
    page = "/organization/"
    yield f"{page}?days=365&guardrail=protect-cloudtrail"
    for query in ("group=unit", "guardrail=protect-cloudtrail&status=lacking", "q=nobody"):
        yield f"{page}accounts/?{query}"
    yield from (f"{page}units/{ROOT}/", f"{page}scps/p-scp00001/", f"{page}scps/p-scp00003/")
    yield from (f"/at/2026-11-24{page}", f"{page}reports/", f"{page}report-schedules/new/")
    yield f"{page}report-schedules/{Report.objects.get().schedule_id}/"
    yield from ("/connections/new/", f"/connections/{environment_connection().pk}/")
    yield from ("/profile/password/", "/profile/tokens/", "/audit/")
    yield from ("/users/", "/users/new/", "/users/of/demo/")


def test_every_page_is_accessible_fits_its_window_and_shows_markup_as_text(
    visit: Open, marked: OrganizationSnapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(try_connection, "delay", lambda *_: None)
    page = visit("/organization/").page
    looks = dict.fromkeys(main_pages(marked), EVERY_LOOK)
    looks |= dict.fromkeys(other_pages(), BOTH_WIDTHS)
    found = {}
    for address, wanted in looks.items():
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.locator("[src=x], [onerror], [onload], main script").count() == 0, address
        assert len(answer.body()) <= MOST_BYTES, address
        if one := list(problems(page, wanted)):
            found[address] = one
    assert not found, json.dumps(found, indent=1)
    page.goto("/organization/accounts/")
    for name in (IMAGE, BREAK_OUT):
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()


def test_the_log_in_is_accessible_and_fits_its_window(visit: Open) -> None:
    assert not list(problems(visit("/login/", logged_in=False).page, EVERY_LOOK))
