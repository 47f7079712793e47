"""The API's documentation: tried out as somebody who is logged in, under the strict CSP."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Open

pytestmark = pytest.mark.browser


def test_an_address_is_tried_out_on_the_page(visit: Open) -> None:
    found = visit("/api/v1/docs").page
    operation = found.locator("#operations-organizations-organizations_list")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Execute").click()
    operation.locator(".live-responses-table").get_by_text("o-example0001").first.wait_for()
    assess = found.locator("#operations-assess-assess")
    assess.locator(".opblock-summary-control").click()
    assess.get_by_role("button", name="Execute").first.click()
    # A POST needs the CSRF token, which the page sends.
    assess.locator(".live-responses-table").get_by_text("all_enforced").first.wait_for()


def test_whoever_is_not_logged_in_is_led_to_the_log_in(visit: Open) -> None:
    found = visit("/api/v1/docs", logged_in=False).page
    assert "/login/" in found.url
