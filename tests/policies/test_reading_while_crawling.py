"""A crawl commits between any two queries of a page, which still shows one posture, whole."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count, cycle
from threading import Thread
from typing import Any

import pytest
from django.db import connection, connections

from accounts.services import start_crawl
from accounts.snapshot import OrganizationSnapshot
from policies.services.recording import record
from tests.factories import (
    KEEP_S3_PRIVATE,
    NO_LOGIN_PROFILES,
    TAKEN_AT,
    Scp,
    account_id,
    organization,
)
from tests.users import signed_in

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = ("former", "newer")


def named(word: str) -> OrganizationSnapshot:
    """The same organization, but for names that say which, and for what its SCP denies."""
    text = NO_LOGIN_PROFILES if word == WORDS[0] else KEEP_S3_PRIVATE
    return organization(
        {f"{word} account {n}": f"{word} unit" for n in range(3)},
        [Scp(f"{word} SCP", text, at=[f"{word} unit"])],
    )


class Crawls:
    """Each finds the organization under the other name."""

    def __init__(self) -> None:
        self._words = cycle(WORDS)
        self._hours = count()

    def next(self) -> None:
        taken_at = TAKEN_AT + timedelta(hours=next(self._hours))
        record(start_crawl(), replace(named(next(self._words)), taken_at=taken_at))

    def next_elsewhere(self) -> None:
        """By another connection to the database, to its end."""

        def crawl() -> None:
            try:
                self.next()
            finally:
                connections.close_all()

        thread = Thread(target=crawl)
        thread.start()
        thread.join()


class CommitAfter:
    """Runs something after so many queries of this connection, if there are so many."""

    def __init__(self, number: int, do: Callable[[], None]) -> None:
        self.left, self._do = number, do

    def __call__(self, execute: Callable[..., Any], *query: Any) -> Any:
        found = execute(*query)
        self.left -= 1
        if self.left == 0:
            self._do()
        return found


def interrupted(address: str) -> list[str]:
    """The page as it was answered with a crawl after its first query, its second, and so on."""
    crawls = Crawls()
    crawls.next()
    browser = signed_in()
    found: list[str] = []
    for number in count(1):
        commit = CommitAfter(number, crawls.next_elsewhere)
        with connection.execute_wrapper(commit):
            response = browser.get(address)
            text = response.getvalue().decode()
        assert response.status_code == 200
        if commit.left > 0:
            return found
        found.append(text)
    raise AssertionError("a page has an end")


SNAPSHOT = named(WORDS[0])
UNIT = next(one.id for one in SNAPSHOT.units if one.parent_id)
ACCOUNT = account_id(SNAPSHOT, "former account 1")


@pytest.mark.parametrize(
    "address",
    [
        "accounts/?status=lacking",
        "accounts/heat-map/",
        "accounts.csv",
        f"units/{UNIT}/",
        "scps/",
    ],
)
def test_a_page_is_of_one_posture_whenever_a_crawl_commits(address: str) -> None:
    pages = interrupted(f"/organization/{address}")
    assert len(pages) > 5
    for page in pages:
        assert len(set(re.findall(r"(former|newer) (?:account|unit|SCP)", page))) == 1


@pytest.mark.parametrize("address", ["", f"accounts/{ACCOUNT}/", "changes/"])
def test_a_page_that_tells_what_was_is_answered_whenever_a_crawl_commits(address: str) -> None:
    assert len(interrupted(f"/organization/{address}")) > 5
