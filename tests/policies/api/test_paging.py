"""Pages: complete and without duplicates, whatever happens in between."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from accounts.services import start_crawl
from policies.catalogue import GUARDRAIL_IDS
from policies.models import Assessment
from policies.services.recording import record
from tests.factories import TAKEN_AT, organization
from tests.policies.api.conftest import Get

pytestmark = pytest.mark.django_db


def follow(viewer: Client, address: str, after_first: Any = None) -> list[dict[str, Any]]:
    """The results of every page, from `next` to `next`."""
    found: list[dict[str, Any]] = []
    following: str | None = f"/api/v1/{address}"
    while following:
        page = viewer.get(following).json()
        found += page["results"]
        following = page["next"]
        if after_first:
            after_first()
            after_first = None
    return found


@pytest.mark.parametrize("ordering", ["account", "-account", "path", "-path"])
def test_pages_hold_what_one_page_holds(
    posture: Assessment, viewer: Client, get: Get, ordering: str
) -> None:
    whole = get(f"verdicts?ordering={ordering}")["results"]
    assert follow(viewer, f"verdicts?ordering={ordering}&page_size=3") == whole
    assert len(whole) == 5 * len(GUARDRAIL_IDS)


def test_backwards_is_the_other_way_round(posture: Assessment, get: Get) -> None:
    rows = get("units?ordering=-path")["results"]
    assert rows[::-1] == get("units?ordering=path")["results"]


def test_the_next_page_stands_in_a_header_too(posture: Assessment, viewer: Client) -> None:
    page = viewer.get("/api/v1/accounts?page_size=2")
    assert page.headers["Link"] == f'<{page.json()["next"]}>; rel="next"'
    assert page.json()["next"].startswith("http://testserver/api/v1/accounts?")


def test_a_cursor_is_good_only_where_it_was_given(
    posture: Assessment, viewer: Client, get: Get
) -> None:
    cursor = get("accounts?page_size=2")["next"].split("cursor=")[1].split("&")[0]
    assert get(f"accounts?cursor={cursor}")["results"]
    assert "none that the portal gave" in get(f"units?cursor={cursor}", 400)["detail"]
    assert "another ordering" in get(f"accounts?cursor={cursor}&ordering=name", 400)["detail"]


def test_ten_thousand_accounts_come_once_each_while_a_crawl_commits(viewer: Client) -> None:
    whole = organization({f"account-{n:05}": f"OU {n % 40}" for n in range(10_000)})
    # What is attached to accounts is of no concern here, and would take most of the time.
    attachments = tuple(one for one in whole.attachments if not one.target_id.isdecimal())
    first = replace(whole, attachments=attachments)
    record(start_crawl(), first)
    # Every second account is gone, others have another name, and some are new.
    kept = [
        replace(one, name=f"renamed-{one.name}") if number % 3 else one
        for number, one in enumerate(first.accounts)
        if number % 2
    ]
    new = [replace(kept[0], id=f"{500_000_000_000 + n}") for n in range(1_000)]
    accounts = tuple(sorted([*kept, *new], key=lambda one: one.id))
    second = replace(first, accounts=accounts, taken_at=TAKEN_AT.replace(hour=11))

    def crawl() -> None:
        record(start_crawl(), second)

    rows = follow(viewer, "accounts?page_size=1000&fields=name&ordering=name", crawl)
    assert sorted(row["id"] for row in rows) == [one.id for one in first.accounts]
    assert {row["name"] for row in rows} == {one.name for one in first.accounts}
    now = follow(viewer, "accounts?page_size=1000&fields=id")
    assert [row["id"] for row in now] == [one.id for one in second.accounts]
