"""Connections and parameters as an administrator meets them."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.connections import environment_connection
from accounts.models import Connection
from accounts.tasks import try_connection
from policies.tasks import reassess_organization
from tests.browser.axe import EVERY_LOOK, problems
from tests.browser.conftest import Open

pytestmark = pytest.mark.browser
PARAMETERS = "/parameters/o-example0001/"


@pytest.fixture(autouse=True)
def nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker answers in tests/policies/test_connecting.py."""
    for task in (try_connection, reassess_organization):
        monkeypatch.setattr(task, "delay", lambda *_: None)


def answer(passed: bool, sentence: str) -> None:
    """As the worker does."""
    Connection.objects.update(tried_at=timezone.now(), trial_passed=passed, trial_sentence=sentence)


def test_the_answer_of_a_test_shows_without_a_reload(visit: Open) -> None:
    page = visit(f"/connections/{environment_connection().pk}/").page
    page.evaluate("window.sameDocument = true")
    page.get_by_role("button", name="Test connection").click()
    expect(page.get_by_text("A worker is asking AWS")).to_be_visible()
    answer(False, "sts:AssumeRole failed.")
    expect(page.get_by_text("It does not work. sts:AssumeRole failed.")).to_be_visible()
    page.get_by_role("button", name="Test connection").click()
    expect(page.get_by_text("A worker is asking AWS")).to_be_visible()
    answer(True, "o-example0001 can be crawled.")
    expect(page.get_by_text("It works. o-example0001 can be crawled.")).to_be_visible()
    assert page.evaluate("window.sameDocument")


def test_without_scripts_the_answer_shows_when_one_looks_again(visit: Open) -> None:
    page = visit(f"/connections/{environment_connection().pk}/", scripts=False).page
    page.get_by_role("button", name="Test connection").click()
    answer(True, "o-example0001 can be crawled.")
    page.get_by_role("link", name="Look again").click()
    expect(page.get_by_text("It works.")).to_be_visible()


def test_an_organization_is_connected_with_the_policies_at_hand(visit: Open) -> None:
    page = visit("/connections/new/").page
    external_id = page.get_by_label("External id").input_value()
    expect(page.get_by_role("region", name="Trust policy")).to_contain_text(external_id)
    page.get_by_label("Name", exact=True).fill("production")
    page.get_by_label("Role to assume").fill("arn:aws:iam::222222222222:role/reader")
    page.get_by_role("button", name="Save and test").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("production")
    expect(page.get_by_text("A worker is asking AWS")).to_be_visible()
    assert external_id not in page.content()


def test_a_change_of_parameters_is_previewed_and_saved(visit: Open) -> None:
    page = visit(PARAMETERS).page
    page.get_by_label("AWS Organizations", exact=True).select_option("leave")
    page.get_by_role("button", name="Show what it would change").click()
    expect(page).to_have_url(re.compile("#preview$"))
    expect(page.get_by_role("row", name="payments")).to_contain_text("Partial")
    expect(page.get_by_role("row", name="payments")).to_contain_text("Enforced")
    assert not list(problems(page, EVERY_LOOK))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The parameters are saved")).to_be_visible()
    expect(page.get_by_label("AWS Organizations", exact=True)).to_have_value("leave")
