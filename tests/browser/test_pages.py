"""The pages as people meet them: by mouse and by keyboard, without scripts, on paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.services import start_crawl
from accounts.snapshot import OrganizationSnapshot
from policies.models import Cause
from policies.services.recording import record
from tests.browser.conftest import PASSWORD, Open
from tests.factories import account_id, organization

pytestmark = pytest.mark.browser

MATRIX = "/organization/accounts/"


def test_logging_in_leads_to_the_page_that_was_asked_for_and_out_again(visit: Open) -> None:
    page = visit(f"{MATRIX}?status=lacking", logged_in=False).page
    page.get_by_label("User name").fill("demo")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(re.compile(r"/organization/accounts/\?status=lacking$"))
    page.get_by_text("D", exact=True).click()
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url(re.compile("/login/"))
    page.goto(MATRIX)
    expect(page.get_by_role("button", name="Log in")).to_be_visible()


def test_a_filter_applies_itself_and_stands_in_the_address(visit: Open) -> None:
    page = visit(MATRIX).page
    page.evaluate("window.sameDocument = true")
    page.get_by_label("Guardrail").select_option("Login profiles")
    page.get_by_label("Status").select_option("Enforced")
    expect(page.get_by_role("status")).to_have_text("2 accounts")
    expect(page.get_by_role("row", name="payments")).to_contain_text("Enforced")
    expect(page).to_have_url(re.compile(r"\?guardrail=prevent-login-profiles&status=enforced$"))
    assert page.evaluate("window.sameDocument"), "without a reload"
    page.reload()
    expect(page.get_by_role("status")).to_have_text("2 accounts")
    page.go_back()
    page.get_by_label("Search", exact=True).fill("o'hara")
    expect(page.get_by_role("link", name="O'Hara & Sons <Web>")).to_be_visible()


def test_without_scripts_the_same_filter_works_by_its_button(visit: Open) -> None:
    page = visit(MATRIX, scripts=False).page
    page.get_by_label("Guardrail").select_option("Login profiles")
    page.get_by_label("Status").select_option("Enforced")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("status")).to_have_text("2 accounts")
    page.get_by_role("link", name="payments").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("payments")


@pytest.mark.usefixtures("many")
def test_pages_of_the_matrix_lead_on_and_back(visit: Open) -> None:
    page = visit(f"{MATRIX}?sort=name").page
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("status")).to_contain_text("101–125 on this page")
    page.get_by_role("link", name="Previous").click()
    expect(page.get_by_text("Page 1 of 2")).to_be_visible()


def test_evidence_leads_to_the_statement_in_the_scp(
    visit: Open, posture: OrganizationSnapshot
) -> None:
    page = visit(f"{MATRIX}{account_id(posture, 'payments')}/").page
    card = page.get_by_role("article", name="login profile")
    card.get_by_text("Text of No login profiles").click()
    expect(card.locator(".line.hit", has_text='"Sid": "NoLoginProfiles"')).to_be_visible()
    card.get_by_role("link", name="No login profiles").first.click()
    expect(page.locator(".line:target")).to_be_in_viewport()
    page.get_by_role("link", name="Workloads").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Workloads")


def test_a_keyboard_reaches_the_content_and_shows_where_it_is(visit: Open) -> None:
    page = visit(MATRIX).page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Table")).to_be_focused()
    assert outline(page) == "2px"


def outline(page: Page) -> str:
    width: str = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    return width


@pytest.mark.usefixtures("many")
def test_the_header_of_the_matrix_stays_in_sight(visit: Open) -> None:
    page = visit(MATRIX).page
    page.get_by_role("row").nth(60).scroll_into_view_if_needed()
    expect(page.get_by_role("columnheader", name="CloudTrail")).to_be_in_viewport()


@pytest.mark.usefixtures("many")
def test_what_the_keyboard_goes_to_is_hidden_neither_by_the_header_nor_at_the_side(
    visit: Open,
) -> None:
    page = visit(MATRIX).page
    header = page.get_by_role("columnheader", name="CloudTrail")
    page.get_by_role("link", name="account-060").focus()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        assert top(page.locator(":focus")) >= bottom(header)
    narrow = visit("/organization/scps/", width=360).page
    narrow.get_by_role("link", name="Changes").first.focus()
    for _ in range(4):
        narrow.keyboard.press("Shift+Tab")
        box = narrow.locator(":focus").bounding_box()
        assert box
        assert 0 <= box["x"] <= 360 - box["width"]


def top(found: Locator) -> float:
    y: float = found.evaluate("element => element.getBoundingClientRect().top")
    return y


def bottom(found: Locator) -> float:
    y: float = found.evaluate("element => element.getBoundingClientRect().bottom")
    return y


def test_a_printed_matrix_has_its_accounts_and_nothing_to_click(visit: Open) -> None:
    page = visit(f"{MATRIX}?q=orders").page
    page.emulate_media(media="print")
    expect(page.get_by_role("cell", name="Workloads / Production").first).to_be_visible()
    expect(page.get_by_role("button", name="Crawl now")).to_be_hidden()
    expect(page.get_by_label("Search", exact=True)).to_be_hidden()


def test_on_a_phone_a_changed_account_has_the_width_and_what_it_was_and_is_a_line(
    visit: Open,
) -> None:
    record(start_crawl(), organization({"payments": "Workloads/Production/Payments"}))
    change = Cause.objects.filter(changed__gt=0).latest("pk")
    page = visit(f"/organization/changes/{change.pk}/", width=360).page
    cells = page.get_by_role("row").first.get_by_role("cell")
    account, before, after = (box for box in (one.bounding_box() for one in cells.all()) if box)
    assert account["width"] > 280
    assert before["y"] == after["y"] >= account["y"] + account["height"]
