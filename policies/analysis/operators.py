"""The names of condition operators, taken apart.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from policies.analysis.statement import Condition, Qualifier

_COMPARISONS: Final = (
    "Equals",
    "NotEquals",
    "LessThan",
    "LessThanEquals",
    "GreaterThan",
    "GreaterThanEquals",
)
OPERATORS: Final = frozenset(
    [
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
        *(f"Numeric{name}" for name in _COMPARISONS),
        *(f"Date{name}" for name in _COMPARISONS),
        "Bool",
        "BinaryEquals",
        "IpAddress",
        "NotIpAddress",
        "ArnEquals",
        "ArnLike",
        "ArnNotEquals",
        "ArnNotLike",
        "Null",
    ]
)


@dataclass(frozen=True, slots=True)
class Operator:
    name: str
    qualifier: Qualifier | None
    if_exists: bool
    known: bool

    def condition(self, key: str, values: tuple[str, ...]) -> Condition:
        return Condition(self.name, self.qualifier, self.if_exists, key, values, self.known)


def parse_operator(written: str) -> Operator:
    """`ForAnyValue:StringLikeIfExists` into its parts; an unknown name stays as written.

    AWS does not say whether names of operators may differ in case: one that does is
    unknown, so that nothing is concluded from it.
    """
    prefix, colon, rest = written.partition(":")
    if colon and prefix not in tuple(Qualifier):
        return Operator(written, None, if_exists=False, known=False)
    name = rest if colon else prefix
    if_exists = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    if name not in OPERATORS or (name == "Null" and (if_exists or colon)):
        return Operator(written, None, if_exists=False, known=False)
    return Operator(name, Qualifier(prefix) if colon else None, if_exists, known=True)
