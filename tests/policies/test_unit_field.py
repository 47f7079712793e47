"""The list of OUs in a filter."""

from __future__ import annotations

import re

import pytest

from accounts.services import start_crawl
from policies.models import UnitVersion
from policies.services.recording import record
from policies.views import unit_field
from policies.views.unit_field import UnitField
from tests.factories import organization

pytestmark = pytest.mark.django_db


def test_of_more_ous_than_a_page_has_room_for_the_first_are_listed_and_the_one_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(unit_field, "_MOST", 3)
    places = {f"account-{n}": f"Unit {n}" for n in range(5)} | {"deep": "Unit 4/Below"}
    assessment = record(start_crawl(), organization(places))
    last = UnitVersion.objects.get(name="Unit 4")

    written = UnitField(assessment, last.aws_id).widget.render("unit", last.aws_id)
    assert written.count("<option") == 5
    assert ">Any OU</option>" in written
    assert f'<option value="{last.aws_id}" selected>Unit 4</option>' in written
    assert '<option value="" disabled>4 more: search for one above</option>' in written
    assert "Unit 0" in written
    assert "Unit 2" not in written


def test_where_all_have_room_none_is_left_out() -> None:
    assessment = record(start_crawl(), organization({"orders": "B/C", "payments": "a"}))
    written = UnitField(assessment, "").widget.render("unit", "")
    assert "disabled" not in written
    names = re.findall(">([^<]+)</option>", written)
    assert names == ["Any OU", "a", "B", "B / C", "Root"]
