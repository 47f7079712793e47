"""The token buckets, on a clock that the tests move."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from accounts.aws.rates import RateLimiter


class Clock:
    """Seconds since the start; a sleep moves it and is remembered."""

    def __init__(self) -> None:
        self.now = 0.0

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def limiter(clock: Clock, share: float = 1.0) -> RateLimiter:
    return RateLimiter(share, clock=clock.time, sleep=clock.sleep)


def seconds_for(calls: int, api: str, share: float = 1.0) -> float:
    clock = Clock()
    rates = limiter(clock, share)
    for _ in range(calls):
        rates.wait_for_turn(api)
    return clock.now


@pytest.mark.parametrize(
    ("api", "per_second"),
    [("ListAccounts", 8), ("ListTargetsForPolicy", 5), ("DescribePolicy", 2), ("ListRoots", 1)],
)
def test_many_calls_go_out_at_the_documented_rate(api: str, per_second: float) -> None:
    assert seconds_for(1_000, api) == pytest.approx(1_000 / per_second, rel=0.02)


def test_a_burst_goes_out_at_once() -> None:
    assert seconds_for(10, "ListAccounts") == 0


def test_apis_of_one_row_share_their_bucket() -> None:
    clock = Clock()
    rates = limiter(clock)
    for _ in range(500):
        rates.wait_for_turn("ListPolicies")
        rates.wait_for_turn("ListTargetsForPolicy")
    assert clock.now == pytest.approx(200, rel=0.02)


def test_an_api_that_the_table_does_not_name_is_called_with_caution() -> None:
    assert seconds_for(100, "DescribeEffectivePolicy") == pytest.approx(99, rel=0.02)


def test_a_good_neighbour_uses_its_share() -> None:
    assert seconds_for(1_000, "ListAccounts", share=0.5) == pytest.approx(250, rel=0.02)


def test_a_busy_organization_is_asked_more_slowly_and_then_at_full_speed_again() -> None:
    clock = Clock()
    rates = limiter(clock)

    def seconds_of_next_hundred() -> float:
        start = clock.now
        for _ in range(100):
            rates.wait_for_turn("ListAccounts")
        return clock.now - start

    seconds_of_next_hundred()
    quiet = seconds_of_next_hundred()
    rates.slow_down("ListAccounts")
    busy = seconds_of_next_hundred()
    for _ in range(100):
        rates.speed_up("ListAccounts")
    seconds_of_next_hundred()
    assert busy > 1.3 * quiet
    assert seconds_of_next_hundred() == pytest.approx(quiet)


def test_however_busy_it_never_stops() -> None:
    clock = Clock()
    rates = limiter(clock)
    for _ in range(100):
        rates.wait_for_turn("DescribePolicy")
        clock.sleep(0.1)
        rates.slow_down("DescribePolicy")
    then = clock.now
    rates.wait_for_turn("DescribePolicy")
    assert 4 < clock.now - then <= 10


def test_calls_under_way_that_come_back_refused_together_slow_down_once() -> None:
    clock = Clock()
    rates = limiter(clock)
    all_sent = threading.Barrier(4)

    def call() -> None:
        rates.wait_for_turn("ListAccounts")
        all_sent.wait()
        clock.now = 0.1
        rates.slow_down("ListAccounts")

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(call) for _ in range(4)]:
            done.result()
    then = clock.now
    for _ in range(100):
        rates.wait_for_turn("ListAccounts")
    assert clock.now - then == pytest.approx(100 / (0.7 * 8), rel=0.02)


@pytest.mark.parametrize("share", [0, -1])
def test_a_share_of_nothing_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        RateLimiter(share)
