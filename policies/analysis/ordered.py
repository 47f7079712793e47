"""Values that fall into finitely many cases: booleans, numbers, times, addresses.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from policies.analysis import literals
from policies.analysis.requirements import Cases

BOOLEANS: Final = ("true", "false")
# One value of each type, where nothing tells values apart.
USUAL: Final = {
    "bool": BOOLEANS,
    "numeric": ("0", "3600"),
    "date": ("2026-01-01T00:00:00Z",),
    "ip": ("203.0.113.7", "2001:db8::7"),
}
_ORDERS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}


def cases(name: str, values: Sequence[str]) -> Cases | str:
    """The values that match any of the policy's by a positive operator, or a doubt."""
    if name == "Bool":
        if set(values) - set(BOOLEANS):
            return "Bool takes `true` or `false` alone"
        return Cases(_Among(frozenset(values)), BOOLEANS)
    if name == "IpAddress":
        return _addresses(values)
    if name.startswith("Numeric"):
        return _comparison(name.removeprefix("Numeric"), values, literals.number, _numbers)
    if name.startswith("Date"):
        return _comparison(name.removeprefix("Date"), values, literals.moment, _moments)
    return f"the portal does not decide {name}"


class _Among:
    __slots__ = ("_values",)

    def __init__(self, values: frozenset[str]) -> None:
        self._values = values

    def __call__(self, value: str) -> bool:
        return value in self._values


def _comparison(
    name: str,
    values: Sequence[str],
    read: Callable[[str], Decimal | None],
    samples: Callable[[Iterable[Decimal]], tuple[str, ...]],
) -> Cases | str:
    bounds = [bound for one in values if (bound := read(one)) is not None]
    if len(bounds) < len(values):
        return f"a value is no plain {'number' if read is literals.number else 'time'}"
    compare = _ORDERS[name]

    def test(value: str) -> bool:
        actual = read(value)
        return actual is not None and any(compare(actual, bound) for bound in bounds)

    return Cases(test, samples(bounds))


def _numbers(bounds: Iterable[Decimal]) -> tuple[str, ...]:
    """The whole numbers around each bound: keys of numbers count seconds and the like."""
    near = {
        whole
        for bound in bounds
        for whole in (int(bound) - 1, int(bound), int(bound) + 1)
        if whole >= 0
    }
    exact = {str(bound) for bound in bounds if bound >= 0}
    return tuple(sorted({*map(str, near), *exact}))


def _moments(bounds: Iterable[Decimal]) -> tuple[str, ...]:
    near = {int(bound) + offset for bound in bounds for offset in (-1, 0, 1)}
    return tuple(_written(seconds) for seconds in sorted(near) if 0 <= seconds < 253_402_300_800)


def _written(seconds: int) -> str:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _addresses(values: Sequence[str]) -> Cases | str:
    networks = [found for one in values if (found := literals.network(one)) is not None]
    if len(networks) < len(values):
        return "a value is no range of addresses"

    def test(value: str) -> bool:
        address = literals.address(value)
        return address is not None and any(
            address.version == one.version and address in one for one in networks
        )

    samples: list[str] = []
    for one in networks:
        first, last = one.network_address, one.broadcast_address
        samples += [str(first), str(last)]
        if int(first) > 0:
            samples.append(str(first - 1))
        if int(last) < 2**one.max_prefixlen - 1:
            samples.append(str(last + 1))
    return Cases(test, tuple(samples))
