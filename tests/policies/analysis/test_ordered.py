"""Numbers, times and addresses: a value is found wherever there is one that meets all asked."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from ipaddress import ip_address, ip_network
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.analysis.keys import KeyType, Presence
from policies.analysis.ordered import cases
from policies.analysis.requirements import Cases, Requirement
from policies.analysis.scene import Domain
from policies.analysis.solving import solve
from policies.analysis.walks import Steps

_ORDERS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
_NUMBERS: Final = ("-1", "0", "0.5", "1", "1.5", "2.0", "007", "7.5")
# Times by how many seconds of 2027 have passed.
_TIMES: Final = {
    "2027-01-01": Decimal(0),
    "2027-01-01T00:00:00.5Z": Decimal("0.5"),
    "2027-01-01T01:00:01+01:00": Decimal(1),
    "1798761602": Decimal(2),
}
_NETWORKS: Final = (
    *("10.0.0.0/8", "10.1.0.0/16", "0.0.0.0/0", "192.0.2.6/31", "192.0.2.7", "255.255.255.255"),
    *("::/0", "2001:db8::/32", "2001:db8:1::/48"),
)
# One address for each way in which the networks tell addresses apart.
_ADDRESSES: Final = (
    *("10.0.0.0", "10.1.2.3", "192.0.2.6", "192.0.2.7", "8.8.8.8", "255.255.255.255"),
    *("2001:db8::", "2001:db8:1::", "2001:4860::"),
)


_EARLIEST: Final = datetime(2026, 1, 1, tzinfo=UTC)


def _asked(values: tuple[str, ...], *names: str) -> st.SearchStrategy[list[Any]]:
    """By what operator values are compared with these, and whether it is to match."""
    chosen = st.lists(st.sampled_from(values), min_size=1, max_size=2)
    one = st.tuples(st.sampled_from(names), chosen, st.booleans())
    return st.lists(one, max_size=3)


def _found(
    type: KeyType,
    asked: list[tuple[str, list[str], bool]],
    *,
    epoch: bool = False,
    whole: bool = False,
    earliest: datetime = _EARLIEST,
) -> str | None:
    requirements = []
    for name, values, inside in asked:
        made = cases(name, values, epoch=epoch)
        assert isinstance(made, Cases)
        requirements.append(Requirement(False, made if inside else made.complement()))
    domain = Domain(Presence.ALWAYS, type=type, whole=whole)
    if type is KeyType.DATE:
        domain = domain._replace(earliest=earliest)
    found = solve(domain, requirements, Steps())
    return None if found is None else found[0]


def _seconds(text: str) -> Decimal:
    """How many seconds of 2027 have passed; of a time that is written out."""
    whole, _, fraction = text.removesuffix("Z").partition(".")
    passed = datetime.fromisoformat(f"{whole}Z") - datetime(2027, 1, 1, tzinfo=UTC)
    return Decimal(passed.days * 86_400 + passed.seconds) + Decimal(f"0.{fraction or 0}")


@given(_asked(_NUMBERS, *_ORDERS), st.booleans())
def test_a_number_is_found_where_there_is_one(asked: Any, whole: bool) -> None:
    def wanted(actual: Decimal) -> bool:
        return all(
            any(_ORDERS[name](actual, Decimal(one)) for one in values) is inside
            for name, values, inside in asked
        )

    numeric = [(f"Numeric{name}", values, inside) for name, values, inside in asked]
    found = _found(KeyType.NUMERIC, numeric, whole=whole)
    some = any(wanted(Decimal(n) if whole else Decimal(n) / 4) for n in range(40))
    assert (found is not None) is some
    if found is not None:
        assert wanted(Decimal(found))
        assert not whole or Decimal(found) % 1 == 0


@given(_asked(tuple(_TIMES), *_ORDERS), st.booleans(), st.booleans())
def test_a_time_is_found_where_there_is_one(asked: Any, whole: bool, epoch: bool) -> None:
    def wanted(passed: Decimal) -> bool:
        actual = passed // 1 if epoch else passed
        return all(
            any(_ORDERS[name](actual, _TIMES[one]) for one in values) is inside
            for name, values, inside in asked
        )

    dates = [(f"Date{name}", values, inside) for name, values, inside in asked]
    found = _found(KeyType.DATE, dates, whole=whole, epoch=epoch)
    some = any(wanted(Decimal(n) if whole else Decimal(n) / 4) for n in range(16))
    # Before 2027 all that it is compared with is still to come.
    assert (found is not None) is (some or wanted(Decimal(-1000)))
    if found is not None:
        assert wanted(_seconds(found))
        assert not whole or "." not in found


@given(_asked(_NETWORKS, "IpAddress"))
def test_an_address_is_found_where_there_is_one(asked: Any) -> None:
    def wanted(actual: str) -> bool:
        return all(
            any(ip_address(actual) in ip_network(one) for one in values) is inside
            for _, values, inside in asked
        )

    found = _found(KeyType.IP, asked)
    assert (found is not None) is any(map(wanted, _ADDRESSES))
    assert found is None or wanted(found)


def test_numbers_compare_with_the_seconds_since_1970() -> None:
    asked = [
        ("NumericGreaterThan", ["1798761600"], True),
        ("NumericLessThan", ["1798761602"], True),
    ]
    found = _found(KeyType.DATE, asked, epoch=True)
    assert found is not None
    assert _seconds(found) // 1 == 1


@pytest.mark.parametrize(
    ("values", "inside", "found"),
    [
        (["true"], True, "true"),
        (["false"], True, "false"),
        (["true"], False, "false"),
        (["true", "false"], False, None),
    ],
)
def test_a_boolean_is_found_where_there_is_one(
    values: list[str], inside: bool, found: str | None
) -> None:
    assert _found(KeyType.BOOL, [("Bool", values, inside)]) == found


@pytest.mark.parametrize("first", ["2026-01-01T00:00:00Z", "2026-11-26T07:08:09Z"])
def test_no_time_is_before_the_first_that_a_request_is_looked_for_at(first: str) -> None:
    earliest = datetime.fromisoformat(first) + timedelta(microseconds=10)
    for asked, found in (
        (("DateEquals", [first], True), first),
        (("DateLessThanEquals", [first], True), first),
        (("DateLessThan", [first], True), None),
        (("DateGreaterThanEquals", [first], False), None),
    ):
        assert _found(KeyType.DATE, [asked], earliest=earliest) == found


def test_the_time_of_a_request_stays_the_same_for_a_year_where_it_may() -> None:
    days = (datetime(2026, *day, tzinfo=UTC) for day in ((1, 1), (1, 2), (11, 26), (12, 31)))
    found = [_found(KeyType.DATE, [], earliest=one) for one in days]
    assert found == ["2026-01-01T00:00:00Z", *["2027-01-01T00:00:00Z"] * 3]
    last = datetime(9999, 12, 31, 1, tzinfo=UTC)
    assert _found(KeyType.DATE, [], earliest=last) == "9999-12-31T01:00:00Z"


def test_no_time_is_after_the_last_that_can_be_written() -> None:
    last = [("DateGreaterThan", ["9999-12-31T23:59:59Z"], True)]
    assert (_found(KeyType.DATE, last) or "").startswith("9999-12-31T23:59:59.0")
    assert _found(KeyType.DATE, last, whole=True) is None


@pytest.mark.parametrize(
    ("name", "value", "doubt"),
    [
        ("Bool", "yes", "Bool takes `true` or `false` alone"),
        ("IpAddress", "any", "a value is no range of addresses"),
        ("NumericEquals", "1e3", "a value is no plain number"),
        ("DateEquals", "2026", "a value is no plain time"),
        (
            "NumericEquals",
            "0.0000000001",
            "the portal compares no more than 9 digits behind the point",
        ),
        ("BinaryEquals", "QQ==", "the portal does not decide BinaryEquals"),
    ],
)
def test_what_the_portal_does_not_compare_is_a_doubt(name: str, value: str, doubt: str) -> None:
    assert cases(name, [value]) == doubt


def test_nine_digits_behind_the_point_are_told_apart() -> None:
    asked = [
        ("NumericGreaterThan", ["0.000000001"], True),
        ("NumericLessThan", ["0.000000002"], True),
    ]
    found = _found(KeyType.NUMERIC, asked)
    assert found is not None
    assert Decimal("0.000000001") < Decimal(found) < Decimal("0.000000002")
