"""The truth of one condition for one concrete request.

Sources: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Single-valued
vs. multivalued context keys". Where the guide is silent or contradicts itself, the answer
is open and names the point; it stays certain where every reading gives the same.
"""

from __future__ import annotations

from typing import Final

from policies.analysis.comparisons import Reading, matched
from policies.analysis.keys import KeyFacts, KeyType, facts_of
from policies.analysis.kleene import Truth, all_of, any_of, negation, opened, unless_false
from policies.analysis.operators import OPERATORS
from policies.analysis.statement import Condition, Qualifier
from policies.analysis.variables import Context

_POSITIVE: Final = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}

_FAMILIES: Final = {
    "String": (KeyType.STRING, KeyType.ARN),
    "Arn": (KeyType.ARN, KeyType.STRING),
    "Bool": (KeyType.BOOL,),
    "Numeric": (KeyType.NUMERIC,),
    "Date": (KeyType.DATE,),
    "IpAddress": (KeyType.IP,),
    "Binary": (),
}
# Families of which AWS documents `ForAllValues` and `ForAnyValue`.
_SETS: Final = ("String", "Arn", "Bool")
# AWS admits numeric operators for it beside those of dates.
_EPOCH: Final = "aws:epochtime"


def truth_of(condition: Condition, context: Context, *, variables: bool) -> Truth:
    """Whether the condition holds; `context` has its keys in lower case.

    A key that the context lacks, or gives no value, is absent from the request.
    `variables` tells whether the policy's Version knows policy variables.
    """
    if not condition.known:
        if condition.operator not in OPERATORS:
            return opened("unknown operator")
        return opened("AWS does not say what a key means that stands here in two spellings")
    if not condition.values:
        return opened("AWS does not say what a list without values means")
    present = context.get(condition.key, ())
    if condition.operator == "Null":
        return _null(condition, present)
    operator = _POSITIVE.get(condition.operator, condition.operator)
    negated = operator != condition.operator
    family = next(name for name in _FAMILIES if operator.startswith(name))
    facts = facts_of(condition.key)
    if condition.qualifier and family not in _SETS:
        return opened(f"AWS describes no {condition.qualifier} for {condition.operator}")
    if present:
        reading = Reading(context, variables, negated)
        truth = _present(condition, operator, present, reading, facts)
    else:
        truth = _absent(condition, facts, negated=negated)
    if facts.known and not _fits(family, facts):
        return unless_false(truth, f"{condition.operator} is not for keys of type {facts.type}")
    return truth


def _fits(family: str, facts: KeyFacts) -> bool:
    return facts.type in _FAMILIES[family] or (family == "Numeric" and facts.name == _EPOCH)


def _null(condition: Condition, present: tuple[str, ...]) -> Truth:
    if present == ("",):
        return opened("AWS does not say whether an empty value is null")
    answers = {"true": not present, "false": bool(present)}
    return any_of(
        answers[value] if value in answers else opened(f"`{value}` is neither true nor false")
        for value in condition.values
    )


def _absent(condition: Condition, facts: KeyFacts, *, negated: bool) -> Truth:
    if condition.qualifier is Qualifier.FOR_ANY_VALUE:
        if condition.if_exists:
            return opened("AWS does not say which wins on an absent key, ForAnyValue or IfExists")
        return False
    if condition.qualifier is Qualifier.FOR_ALL_VALUES:
        if negated and not condition.if_exists:
            return opened("AWS contradicts itself on ForAllValues, negated, of an absent key")
        return True
    truth = condition.if_exists or negated
    return _without_set_operator(truth) if facts.multivalued else truth


def _without_set_operator(truth: Truth) -> Truth:
    return unless_false(truth, "AWS requires a set operator for a key with several values")


def _present(
    condition: Condition,
    operator: str,
    present: tuple[str, ...],
    reading: Reading,
    facts: KeyFacts,
) -> Truth:
    each = [_one(condition, operator, value, reading) for value in present]
    if condition.qualifier is Qualifier.FOR_ALL_VALUES:
        truth = all_of(each)
        if present == ("",) and truth is not True:
            return opened("AWS does not say whether an empty value is an empty set")
        return truth
    if condition.qualifier is Qualifier.FOR_ANY_VALUE:
        truth = any_of(each)
        if present == ("",):
            return unless_false(truth, "AWS does not say whether an empty value is an empty set")
        return truth
    if facts.multivalued or len(present) > 1:
        return _without_set_operator(any_of(each))
    return each[0]


def _one(condition: Condition, operator: str, actual: str, reading: Reading) -> Truth:
    """Whether one value of the request meets the condition: some value of the policy, or none."""
    found = any_of(matched(operator, wanted, actual, reading) for wanted in condition.values)
    return negation(found) if reading.negated else found
