"""One value of a request against one value of a policy, operator by operator.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from policies.analysis import literals
from policies.analysis.kleene import Truth, opened, unless_false
from policies.analysis.variables import Context, Unresolved, substituted
from policies.analysis.wildcards import (
    Tokens,
    components,
    literal,
    matches,
    matches_by_component,
    pattern,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a policy's value is to be read: what its variables are, whether it is negated.

    `negated` matters to a comparison where AWS says only that something does not match:
    whether its negation does is then another question.
    """

    context: Context
    variables: bool
    negated: bool

    def no_match(self, point: str) -> Truth:
        return opened(point) if self.negated else False


def matched(operator_name: str, wanted: str, actual: str, reading: Reading) -> Truth:
    """Whether the values match by an operator that is not a negated one, nor `Null`."""
    if operator_name.startswith("String"):
        return _string(operator_name, wanted, actual, reading)
    if operator_name.startswith("Arn"):
        tokens = _tokens(wanted, reading, wildcards=True)
        return _arn(tokens, actual, reading) if isinstance(tokens, tuple) else tokens
    if operator_name == "Bool":
        return _bool(wanted, actual, reading)
    if operator_name == "IpAddress":
        return _address(wanted, actual, reading)
    if operator_name == "BinaryEquals":
        return _binary(wanted, actual)
    return _ordered(operator_name, wanted, actual, reading)


def _tokens(text: str, reading: Reading, *, wildcards: bool) -> Tokens | Truth:
    if not reading.variables:
        return pattern(text) if wildcards else literal(text)
    found = substituted(text, reading.context, wildcards=wildcards)
    if isinstance(found, Unresolved):
        return reading.no_match(f"the request carries no `{found.name}` for `{text}`")
    return found


def _string(name: str, wanted: str, actual: str, reading: Reading) -> Truth:
    tokens = _tokens(wanted, reading, wildcards=name == "StringLike")
    if not isinstance(tokens, tuple):
        return tokens
    if name != "StringEqualsIgnoreCase":
        return matches(tokens, actual)
    text = "".join(str(token) for token in tokens)
    folds: tuple[Callable[[str], str], ...] = (str.lower, str.upper, str.casefold)
    agree = {fold(text) == fold(actual) for fold in folds}
    if len(agree) > 1:
        return opened(f"AWS does not say which letters of `{text}` differ in case alone")
    return agree.pop()


def _arn(tokens: Tokens, actual: str, reading: Reading) -> Truth:
    parts = components(tokens)
    if matches_by_component(parts, actual):
        return True
    if matches(tokens, actual):
        return opened("AWS does not say whether `*` crosses a colon of an ARN")
    if len(parts) < 6 or actual.count(":") < 5:
        return reading.no_match("AWS does not say what a text that is no ARN matches")
    return False


def _bool(wanted: str, actual: str, reading: Reading) -> Truth:
    if actual not in literals.BOOLS:
        return False
    if reading.variables and "${" in wanted:
        tokens = substituted(wanted, reading.context, wildcards=False)
        same = isinstance(tokens, tuple) and matches(tokens, actual)
        # The guide's page on operators admits variables here, its page on variables does not.
        return opened("AWS contradicts itself on policy variables under Bool") if same else False
    if wanted in literals.BOOLS:
        return wanted == actual
    if wanted.lower() in literals.BOOLS:
        return unless_false(wanted.lower() == actual, f"`{wanted}` is not written in lower case")
    return opened(f"`{wanted}` is neither `true` nor `false`")


def _address(wanted: str, actual: str, reading: Reading) -> Truth:
    network = literals.network(wanted)
    if network is None:
        return opened(f"`{wanted}` is no range of addresses")
    address = literals.address(actual)
    if address is None:
        return reading.no_match(f"the request's `{actual}` is no address")
    return address.version == network.version and address in network


def _binary(wanted: str, actual: str) -> Truth:
    data = literals.binary(wanted)
    if data is None:
        return opened(f"`{wanted}` is not base64")
    return data == literals.binary(actual)


_ORDERS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}


def _ordered(name: str, wanted: str, actual: str, reading: Reading) -> Truth:
    kind = "Date" if name.startswith("Date") else "Numeric"
    read = literals.moment if kind == "Date" else literals.number
    right = read(wanted)
    if right is None:
        return opened(f"`{wanted}` is no plain {'time' if kind == 'Date' else 'number'}")
    left = read(actual)
    if left is None:
        return reading.no_match(f"the request's `{actual}` is of another type")
    return _ORDERS[name.removeprefix(kind)](left, right)
