"""Profile, tokens, users and the audit log as people meet them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD, Open
from tests.users import HOME, one_time_code

pytestmark = pytest.mark.browser


def test_a_token_is_made_shown_once_and_revoked(visit: Open) -> None:
    page = visit("/profile/tokens/").page
    page.get_by_label("Name").fill("pipeline")
    page.get_by_label("Expires in").select_option("30 days")
    page.get_by_role("button", name="Make a token").click()
    secret = page.locator("code.secret").inner_text()
    assert secret.startswith("gp_")

    page.goto("/profile/tokens/")
    assert secret not in page.content()
    page.get_by_role("button", name="Revoke pipeline").click()
    expect(page.get_by_role("row", name="pipeline")).to_contain_text("revoked")


def test_the_second_factor_is_turned_on_and_asked_for(visit: Open) -> None:
    page = visit("/profile/").page
    page.get_by_role("link", name="Turn on").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    drawn = page.get_by_role("img", name="QR code").locator("path").bounding_box()
    assert drawn is not None
    assert drawn["width"] > 100
    secret = page.locator("code.secret").inner_text()
    page.get_by_role("textbox", name="code").fill(one_time_code(secret))
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    recovery = page.locator(".codes code").first.inner_text()

    page = visit("/login/", logged_in=False).page
    page.get_by_label("User name").fill("demo")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("textbox", name="Code").fill(recovery)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(re.compile(f"{HOME}$"))
