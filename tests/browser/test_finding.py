"""Ways through the portal: search, maps, the tree, copies, the scheme, a crawl as it goes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect

from accounts.models import Crawl
from accounts.services import fail_crawl, start_crawl
from accounts.snapshot import OrganizationSnapshot
from tests.browser.conftest import Open
from tests.factories import account_id

pytestmark = pytest.mark.browser

MATRIX = "/organization/accounts/"


def test_a_slash_goes_to_the_search_and_arrows_go_through_what_it_finds(visit: Open) -> None:
    page = visit("/organization/").page
    page.keyboard.press("/")
    expect(page.get_by_label("Search accounts, OUs and SCPs")).to_be_focused()
    page.keyboard.type("payments")
    expect(page.locator("#found").get_by_role("link")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#found").get_by_role("link").last).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("payments")
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    expect(page.get_by_label("Search accounts, OUs and SCPs")).not_to_be_focused()


def test_escape_leads_from_the_search_back_to_where_one_was(visit: Open) -> None:
    page = visit("/organization/").page
    tile = page.get_by_role("link", name="CloudTrail", exact=True).first
    tile.focus()
    page.keyboard.press("/")
    page.keyboard.type("payments")
    expect(page.locator("#found").get_by_role("link")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(tile).to_be_focused()
    expect(page.locator("#found").get_by_role("link")).to_have_count(0)


def test_a_menu_closes_by_escape_and_when_one_goes_elsewhere(visit: Open) -> None:
    page = visit("/organization/").page
    you, log_out = (
        page.locator("summary[aria-label^=You]"),
        page.get_by_role("button", name="Log out"),
    )
    you.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="demo")).to_be_focused()
    page.keyboard.press("Escape")
    expect(log_out).to_be_hidden()
    expect(you).to_be_focused()
    page.keyboard.press("Enter")
    log_out.focus()
    page.keyboard.press("Tab")
    expect(log_out).to_be_hidden()
    you.click()
    expect(log_out).to_be_visible()
    page.get_by_role("heading", level=1).click()
    expect(log_out).to_be_hidden()


@pytest.mark.parametrize(("more", "kept"), [("s", True), ("less", False)])
def test_hits_that_come_while_one_goes_through_them_leave_the_focus_in_the_search(
    visit: Open, more: str, kept: bool
) -> None:
    page = visit("/organization/").page
    field, hits = page.locator("#search"), page.locator("#found").get_by_role("link")
    field.press_sequentially("payment")
    expect(hits).to_have_count(2)

    def go_through_them(route: Route) -> None:
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        expect(hits.last).to_be_focused()
        route.continue_()

    page.route(f"**/search/?q=payment{more}", go_through_them)
    shown = hits.last.element_handle()
    page.keyboard.type(more)
    # Since others came in its place, or none.
    shown.wait_for_element_state("hidden")
    expect(hits.last if kept else field).to_be_focused()


def test_without_scripts_the_search_is_a_page(visit: Open) -> None:
    page = visit("/organization/", scripts=False).page
    page.get_by_label("Search accounts, OUs and SCPs").fill("Keep S3")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Keep S3 private").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keep S3 private")


def test_a_slash_in_a_field_is_a_letter(visit: Open) -> None:
    page = visit(MATRIX).page
    page.get_by_label("Search", exact=True).press_sequentially("a/b")
    expect(page.get_by_label("Search", exact=True)).to_have_value("a/b")


def test_a_click_into_the_icicle_goes_in(visit: Open) -> None:
    page = visit("/organization/").page
    page.get_by_role("link", name=re.compile("^Workloads: ")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Workloads")
    page.get_by_role("link", name=re.compile("^Production: ")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Production")


def test_a_square_of_the_heat_map_leads_to_its_account(visit: Open) -> None:
    page = visit(f"{MATRIX}heat-map/").page
    page.get_by_label("Guardrail").select_option("CloudTrail")
    square = page.get_by_role("link", name=re.compile(r"^payments \(.*: partial$"))
    square.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("payments")


def test_a_filter_is_kept_from_the_table_to_the_heat_map(visit: Open) -> None:
    page = visit(f"{MATRIX}?q=payments").page
    page.get_by_role("link", name="Heat map").click()
    expect(page).to_have_url(re.compile("/heat-map/"))
    expect(page.get_by_role("status")).to_have_text("1 account")
    page.get_by_role("link", name="By OU").click()
    expect(page).to_have_url(re.compile("group=unit"))
    expect(page.get_by_role("status")).to_have_text("1 account")


def test_the_tree_is_opened_and_closed_by_keyboard(visit: Open) -> None:
    page = visit("/organization/units/").page
    payments = page.get_by_role("link", name="Payments")
    expect(payments).to_be_hidden()
    page.get_by_label("OUs in Production").focus()
    page.keyboard.press("Enter")
    expect(payments).to_be_visible()
    page.keyboard.press("Enter")
    expect(payments).to_be_hidden()


def test_a_copy_button_copies_the_text_and_nothing_else(
    visit: Open, posture: OrganizationSnapshot
) -> None:
    page = visit("/organization/scps/p-scp00001/").page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied: str = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith('{\n  "Version": "2012-10-17",\n')
    page.goto(f"{MATRIX}{account_id(posture, 'payments')}/")
    card = page.get_by_role("article", name="CloudTrail")
    card.get_by_text("Ask AWS's own simulator").click()
    card.get_by_role("button", name="Copy").click()
    expect(card.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "aws iam simulate-custom-policy" in copied


def test_without_scripts_there_is_no_button_that_does_nothing(visit: Open) -> None:
    page = visit("/organization/scps/p-scp00001/", scripts=False).page
    expect(page.get_by_text('"Sid": "NoLoginProfiles"')).to_be_visible()
    expect(page.get_by_role("button", name="Copy")).to_be_hidden()


def test_the_switch_of_schemes_remembers(visit: Open) -> None:
    page = visit("/organization/", scripts=False).page
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.get_by_text("D", exact=True).click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    dark = page.evaluate(background)
    assert dark != light
    page.goto(MATRIX)
    assert page.evaluate(background) == dark


def test_a_crawl_is_seen_to_start_and_end_without_a_reload(visit: Open) -> None:
    Crawl.objects.update(calls={"ListRoots": 1})
    page = visit("/organization/crawls/").page
    expect(page.get_by_text("Completed")).to_have_count(1)
    page.evaluate("window.sameDocument = true")
    page.get_by_text("Calls by name").click()
    crawl = start_crawl()
    Crawl.objects.filter(pk=crawl.pk).update(
        calls={"ListAccounts": 30}, accounts_read=600, expected_calls=120
    )
    # The list asks again after fifteen seconds; nobody waits for that here.
    page.evaluate(
        "htmx.trigger('#crawls', 'revealed'); htmx.ajax('GET', location.href, "
        "{target: '#crawls', select: '#crawls', swap: 'outerHTML'})"
    )
    expect(page.get_by_text("Running")).to_be_visible()
    expect(page.get_by_text("30 of about 120 calls")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Calls made")).to_be_visible()
    expect(page.get_by_text("ListRoots")).to_be_visible()
    fail_crawl(crawl, "It was cut off.")
    expect(page.get_by_text("It was cut off.")).to_be_visible()
    assert page.evaluate("window.sameDocument")
