"""Values that fall into finitely many cases: booleans, numbers, times, addresses.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from policies.analysis import literals
from policies.analysis.requirements import Cases

BOOLEANS: Final = ("true", "false")
# Of types without an order in time, values for where nothing tells values apart.
USUAL: Final[Mapping[str, tuple[str, ...]]] = {
    "bool": BOOLEANS,
    "numeric": ("0", "3600"),
    "ip": ("203.0.113.7", "2001:db8::7"),
}
_ORDERS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}


def cases(name: str, values: Sequence[str], *, epoch: bool = False) -> Cases | str:
    """The values that match any of the policy's by a positive operator, or a doubt.

    `epoch`: what is compared are the whole seconds since 1970 of a time, by operators of
    dates or of numbers.
    """
    if name == "Bool":
        if set(values) - set(BOOLEANS):
            return "Bool takes `true` or `false` alone"
        return Cases(_Among(frozenset(values)), BOOLEANS)
    if name == "IpAddress":
        return _addresses(values)
    if name.startswith("Numeric") and not epoch:
        return _comparison(name.removeprefix("Numeric"), values, literals.number, _numbers)
    if name.startswith(("Date", "Numeric")):
        operator = name.removeprefix("Date").removeprefix("Numeric")
        return _comparison(operator, values, literals.moment, _moments, floored=epoch)
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
    *,
    floored: bool = False,
) -> Cases | str:
    bounds = [bound for one in values if (bound := read(one)) is not None]
    if len(bounds) < len(values):
        return f"a value is no plain {'number' if read is literals.number else 'time'}"
    if any(_finer(one) for one in bounds):
        return f"the portal compares no more than {_DIGITS} digits behind the point"
    compare = _ORDERS[name]

    def test(value: str) -> bool:
        actual = read(value)
        if actual is not None and floored:
            actual = Decimal(int(actual))
        return actual is not None and any(compare(actual, bound) for bound in bounds)

    return Cases(test, samples(bounds))


def _finer(bound: Decimal) -> bool:
    exponent = bound.normalize().as_tuple().exponent
    return isinstance(exponent, int) and exponent < -_DIGITS


# Digits behind the point that bounds may have, so that one more lies between any two of them.
_DIGITS: Final = 9
_BETWEEN: Final = Decimal(1).scaleb(-_DIGITS - 1)
_LAST_MOMENT: Final = 253_402_300_800
_LAST_YEAR: Final = 9999
_SECOND: Final = "%Y-%m-%dT%H:%M:%S"


def _around(bounds: Iterable[Decimal]) -> Iterator[Decimal]:
    """Each bound, one value closer above it than any other bound, and whole ones around it."""
    for bound in bounds:
        yield from (bound, bound + _BETWEEN)
        yield from (Decimal(int(bound) + offset) for offset in (-1, 0, 1))


def _numbers(bounds: Iterable[Decimal]) -> tuple[str, ...]:
    return tuple(f"{one.normalize():f}" for one in sorted({*_around(bounds)}) if one >= 0)


def _moments(bounds: Iterable[Decimal]) -> tuple[str, ...]:
    found = (one for one in sorted({*_around(bounds)}) if 0 <= one < _LAST_MOMENT)
    return tuple(map(_written, found))


def _written(seconds: Decimal) -> str:
    whole = int(seconds)
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=whole)
    fraction = f"{(seconds - whole).normalize():f}"[1:]
    return f"{moment.strftime(_SECOND)}{fraction}Z"


def usual_moments(earliest: datetime) -> tuple[str, ...]:
    """The next first of January, so that what people read stays the same for long; the first."""
    first = earliest.astimezone(UTC).replace(microsecond=0)
    new_year = first.replace(month=1, day=1, hour=0, minute=0, second=0)
    if new_year < first and first.year < _LAST_YEAR:
        new_year = new_year.replace(year=first.year + 1)
    return tuple(f"{one.strftime(_SECOND)}Z" for one in (new_year, first) if one >= first)


def is_from(earliest: datetime, value: str) -> bool:
    """Whether a time, as `cases` writes it, is not before the second of the earliest."""
    found = literals.moment(value)
    return found is not None and found >= int(earliest.timestamp())


def is_whole(value: str) -> bool:
    """Whether a number, or the seconds of a time, has no fraction."""
    return "." not in value


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
