"""How far a crawl is, told by its row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Crawl

START = datetime(2026, 11, 25, 10, tzinfo=UTC)


def crawl(calls: dict[str, int], *, expected: int, seconds: int = 30) -> Crawl:
    """One that began at `START` and spoke last so many seconds later."""
    return Crawl(
        started_at=START,
        heartbeat_at=START + timedelta(seconds=seconds),
        calls=calls,
        expected_calls=expected,
    )


def test_the_end_is_estimated_from_the_calls_made_so_far() -> None:
    running = crawl({"ListAccounts": 20, "DescribePolicy": 5}, expected=100)
    assert running.estimated_end == START + timedelta(minutes=2)


def test_more_calls_than_expected_put_the_end_at_now_and_not_before() -> None:
    assert crawl({"ListAccounts": 120}, expected=100).estimated_end == START + timedelta(seconds=30)


@pytest.mark.parametrize(("calls", "expected"), [({}, 100), ({"ListAccounts": 20}, 0)])
def test_where_nothing_tells_no_end_is_made_up(calls: dict[str, int], expected: int) -> None:
    assert crawl(calls, expected=expected).estimated_end is None


def test_what_has_ended_has_no_estimate() -> None:
    ended = crawl({"ListAccounts": 20}, expected=100)
    ended.state = Crawl.State.FAILED
    assert ended.estimated_end is None
