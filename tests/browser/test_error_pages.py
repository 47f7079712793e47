"""Pages that nobody wants to meet: in the house's style, accessible, and with a way on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Crawl, Organization
from accounts.snapshot import OrganizationSnapshot
from guardrails_portal.people.models import User
from guardrails_portal.people.roles import Role
from tests.browser.axe import EVERY_LOOK, problems
from tests.browser.conftest import Open, Visit

pytestmark = pytest.mark.browser

OVERVIEW = "/organization/"
STYLE = """() => ["fontFamily", "color", "backgroundColor", "lineHeight"].map(
    name => getComputedStyle(document.body)[name])"""


def met(found: Visit, address: str, status: int) -> Page:
    """The page at the address, of which the browser says its status and nothing else."""
    style = found.page.evaluate(STYLE)
    answer = found.page.goto(address)
    assert answer is not None
    assert answer.status == status
    (complaint,) = found.complaints
    assert f"status of {status}" in complaint
    found.complaints.clear()
    assert found.page.evaluate(STYLE) == style, "as every page"
    assert not list(problems(found.page, EVERY_LOOK))
    return found.page


def leads_to_the_overview(page: Page) -> None:
    page.get_by_role("link", name="Go to the overview").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")


def test_what_is_not_there_says_so_and_leads_on(visit: Open) -> None:
    found = visit(OVERVIEW)
    page = met(found, "/organization/accounts/888888888888/", 404)
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    expect(page.get_by_role("main")).to_contain_text("888888888888")
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    leads_to_the_overview(page)
    leads_to_the_overview(met(found, "/no/such/address/", 404))


def test_what_one_may_not_see_says_so_and_leads_on(visit: Open) -> None:
    User.objects.filter(username="demo").update(role=Role.VIEWER)
    page = met(visit(OVERVIEW), "/users/", 403)
    expect(page.get_by_role("heading", level=1)).to_have_text("You may not see this")
    leads_to_the_overview(page)


def test_what_breaks_says_so_without_a_word_of_the_cause_and_leads_on(
    visit: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("policies.views.matrix.select_matrix", broken)
    page = met(visit(OVERVIEW), "/organization/accounts/", 500)
    expect(page.get_by_role("heading", level=1)).to_have_text("Something broke on our side")
    assert "secret" not in page.content()
    leads_to_the_overview(page)


@pytest.fixture
def first_run(posture: OrganizationSnapshot) -> None:
    """The portal as it is before the first crawl, with somebody to log in."""
    Organization.objects.all().delete()
    Crawl.objects.all().delete()


@pytest.mark.usefixtures("first_run")
@pytest.mark.parametrize("address", [OVERVIEW, "/organization/accounts/", "/organization/units/"])
def test_before_the_first_crawl_each_page_leads_to_the_first_connection(
    visit: Open, address: str
) -> None:
    page = visit(address).page
    expect(page.get_by_role("heading", level=1)).to_have_text("No crawl yet")
    expect(page.get_by_role("main").get_by_role("button", name="Crawl now")).to_be_visible()
    assert not list(problems(page, EVERY_LOOK))
    page.get_by_role("link", name="Connect an organization").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Connect an organization")
    assert not list(problems(page, EVERY_LOOK))


@pytest.mark.usefixtures("first_run")
def test_before_the_first_crawl_a_viewer_is_told_whom_to_ask(visit: Open) -> None:
    User.objects.filter(username="demo").update(role=Role.VIEWER)
    page = visit(OVERVIEW).page
    expect(page.get_by_role("heading", level=1)).to_have_text("No crawl yet")
    expect(page.get_by_role("main")).to_contain_text(
        "An operator or an administrator can start one"
    )
    assert not list(problems(page, EVERY_LOOK))
