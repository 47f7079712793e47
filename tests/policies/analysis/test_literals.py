"""Numbers, times, addresses and bytes as policies write them."""

from __future__ import annotations

from decimal import Decimal
from ipaddress import ip_address, ip_network

import pytest

from policies.analysis import literals


@pytest.mark.parametrize(("text", "value"), [("5", 5), ("-3", -3), ("007", 7), ("1.50", 1.5)])
def test_plain_numbers_are_read(text: str, value: float) -> None:
    assert literals.number(text) == Decimal(str(value))


@pytest.mark.parametrize("text", ["", "abc", "1e3", "+5", " 5", "5.", ".5", "٣", "NaN", "1,000"])
def test_no_other_form_is_taken_for_a_number(text: str) -> None:
    assert literals.number(text) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("86400", "86400"),
        ("1970-01-02", "86400"),
        ("1969-12-31T23:59Z", "-60"),
        ("1970-01-01T01:00:00+01:00", "0"),
        ("1970-01-01T00:00:01.25Z", "1.25"),
        ("2026-11-23T10:00:00-00:30", "1795429800"),
    ],
)
def test_days_times_and_seconds_since_1970_are_moments(text: str, seconds: str) -> None:
    assert literals.moment(text) == Decimal(seconds)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-11",
        "1700000000000",
        "2026-13-01",
        "2026-02-30T00:00:00Z",
        "2026-11-23T10:00:00",
        "2026-11-23T10:00.5Z",
        "2026-11-23 10:00:00Z",
        "yesterday",
    ],
)
def test_what_may_be_read_in_two_ways_is_no_moment(text: str) -> None:
    assert literals.moment(text) is None


@pytest.mark.parametrize("text", ["203.0.113.0/24", "203.0.113.7", "2001:db8::/32", "0.0.0.0/0"])
def test_ranges_of_addresses_are_read(text: str) -> None:
    assert literals.network(text) == ip_network(text)


@pytest.mark.parametrize(
    "text",
    ["", "203.0.113.7/24", "10.0.0.0/255.0.0.0", "2001:db8::1", "300.0.0.0/8", "10.0.0.0/33", "*"],
)
def test_what_is_no_cidr_block_is_no_range(text: str) -> None:
    assert literals.network(text) is None


def test_addresses_are_read() -> None:
    assert literals.address("2001:db8::1") == ip_address("2001:db8::1")
    assert literals.address("203.0.113.0/24") is None


def test_bytes_are_read_from_base64() -> None:
    assert literals.binary("QQ==") == b"A"
    assert literals.binary("QQ=") is None
    assert literals.binary("Q Q==") is None
    assert literals.binary("ä") is None
