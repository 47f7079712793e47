"""The parts of a statement as requirements, at the least and at the most.

Sources: IAM User Guide, "IAM JSON policy elements: Resource" and "Condition operators".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from policies.analysis.borrowing import Borrowed, borrowing, lenders
from policies.analysis.keys import KeyType
from policies.analysis.operators import OPERATORS
from policies.analysis.ordered import cases
from policies.analysis.patterns import (
    Language,
    Pattern,
    Wildcard,
    by_component,
    in_any_case,
    is_everything,
    union,
)
from policies.analysis.requirements import (
    ALWAYS,
    EVERYTHING,
    NEVER,
    NOTHING,
    Part,
    Quantifier,
    Requirement,
    Texts,
)
from policies.analysis.scene import PRINCIPAL, RESOURCE, Scene
from policies.analysis.spelling import spelled
from policies.analysis.statement import Condition, Qualifier, Statement
from policies.analysis.texts import Bounded, resolved

_ARN_COLONS: Final = 5
_CROSSING: Final = "AWS does not say whether `*` crosses a colon of an ARN"
# What an operator compares, and the types of keys that AWS means it for.
_FAMILIES: Final = {
    "String": (KeyType.STRING, KeyType.ARN),
    "Arn": (KeyType.ARN, KeyType.STRING),
    "Bool": (KeyType.BOOL,),
    "Numeric": (KeyType.NUMERIC,),
    "Date": (KeyType.DATE,),
    "IpAddress": (KeyType.IP,),
    "Binary": (),
}
_SETS: Final = ("String", "Arn", "Bool")


def resource_parts(statement: Statement, scene: Scene) -> tuple[Part, ...]:
    """What the statement asks of the resource: one part, or none where it takes each."""
    if not statement.not_resource and any(map(is_everything, statement.resources)):
        return ()
    part = _resource(statement, scene)
    if scene.on_oneself:
        part = replace(part, sent=replace(part, variable=PRINCIPAL))
    return () if part.surely.always else (part,)


def condition_parts(statement: Statement, scene: Scene) -> tuple[Part, ...]:
    """What its conditions ask, in whichever template of the scene's service."""
    parts = (_shared(one, statement, scene) for one in statement.conditions)
    return tuple(one for one in parts if not one.surely.always)


def _resource(statement: Statement, scene: Scene) -> Part:
    words = (
        f"{'NotResource' if statement.not_resource else 'Resource'} {_list(statement.resources)}"
    )
    if any(map(is_everything, statement.resources)):
        return Part(RESOURCE, NEVER, NEVER, words=words)
    if scene.template is None:
        # Only `*` reaches an action without resource-level permissions.
        reached = ALWAYS if statement.not_resource else NEVER
        return Part(RESOURCE, reached, reached, words=words)
    bounded = [_arn_bounds(one, statement, scene) for one in statement.resources]
    if not statement.not_resource:
        bounded = [one for one in bounded if not one.absent]
    least = most = Requirement(absent=False, values=Texts(by_component(_least(bounded))))
    doubt = _doubt(bounded)
    if scene.colons and any(isinstance(token, Wildcard) for one in bounded for token in one.most):
        # Without colons in names both readings of `*` match the same ARNs.
        doubt = doubt or _CROSSING
    if statement.not_resource and any(one.hollow for one in bounded):
        most = Requirement(absent=False, values=EVERYTHING)
    elif doubt:
        most = Requirement(absent=False, values=Texts(union(_most(bounded))))
    return _part(RESOURCE, least, most, negated=statement.not_resource, doubt=doubt, words=words)


def _arn_bounds(text: str, statement: Statement, scene: Scene) -> Bounded:
    bounded = resolved(text, scene, variables=statement.variables, wildcards=True)
    if statement.variables and text.partition("${")[0].count(":") < _ARN_COLONS and "${" in text:
        doubt = f"AWS admits policy variables after the fifth colon alone, unlike in `{text}`"
        return replace(bounded, least=None, doubt=doubt, hollow=True)
    colons = [index for index, one in enumerate(bounded.most) if one == ":"]
    if len(colons) < _ARN_COLONS:
        # Completed or not, or crossing colons: the widest is anything that begins so.
        most = (*bounded.most, Wildcard.TEXT)
        doubt = f"AWS does not say how the short ARN `{text}` is completed"
        return replace(bounded, least=None, most=most, doubt=doubt)
    if any(isinstance(one, Wildcard) for one in bounded.most[colons[1] : colons[2]]):
        doubt = f"AWS admits no wildcard for the service, as in `{text}`"
        return replace(bounded, least=None, doubt=doubt)
    return bounded


# Parts that are the same in each scene that knows as much of their key.
_SHARED: Final[dict[tuple[Condition, bool, bool, tuple[object, ...]], Part]] = {}
_MOST_SHARED: Final = 50_000


def _shared(condition: Condition, statement: Statement, scene: Scene) -> Part:
    """The condition's part, made once for all scenes where nothing in it tells these apart."""
    if any("${" in one for one in condition.values):
        return _condition(condition, statement, scene)
    guessed = scene.domain(condition.key).guessed
    key = (condition, guessed, scene.colons, lenders(condition.key, scene))
    found = _SHARED.get(key)
    if found is None:
        if len(_SHARED) >= _MOST_SHARED:
            _SHARED.clear()
        found = _SHARED[key] = _condition(condition, statement, scene)
    return found


def _condition(condition: Condition, statement: Statement, scene: Scene) -> Part:
    key = condition.key
    words = f"{_written(condition)} {spelled(key)} {_list(condition.values)}"

    def undecided(doubt: str) -> Part:
        return Part(key, NEVER, ALWAYS, doubt, words)

    if not condition.known or not condition.values:
        return undecided(_strange(condition))
    variable = _MOMENT if key == _EPOCH else key
    domain = scene.domain(key)
    if condition.operator == "Null":
        part = _null(condition, variable, words)
        return _guessed(part) if domain.guessed and not part.doubt else part
    operator = condition.operator.replace("NotEquals", "Equals").replace("NotLike", "Like")
    operator = operator.replace("NotIpAddress", "IpAddress")
    negated = operator != condition.operator
    family = next(one for one in _FAMILIES if operator.startswith(one))
    if condition.qualifier and family not in _SETS:
        return undecided(f"AWS describes no {condition.qualifier} for {condition.operator}")
    numbered = family == "Numeric" and key == _EPOCH
    if not domain.guessed and domain.type not in _FAMILIES[family] and not numbered:
        return undecided(f"{condition.operator} is not for keys of type {domain.type}")
    bounds: _Bounds | str = "AWS requires a set operator for a key with several values"
    if condition.qualifier is not None or not domain.multivalued:
        bounds = _values(operator, family, condition, statement, scene, negated=negated)
    if isinstance(bounds, str):
        return undecided(bounds)
    part = _quantified(condition, variable, bounds, negated=negated, words=words)
    if domain.guessed:
        return _guessed(part)
    borrowed = borrowing(key, scene)
    if borrowed is None:
        return part
    found = _borrowed(
        part, borrowed, condition, statement, scene, operator=operator, negated=negated
    )
    return found if borrowed.always else replace(part, sent=found)


def _strange(condition: Condition) -> str:
    """Why nothing is concluded from a condition, before its key is looked at."""
    if not condition.values:
        return "AWS does not say what a list without values means"
    if condition.operator in OPERATORS:
        return "AWS does not say what a key means that stands here in two spellings"
    return f"the portal does not know the operator `{condition.operator}`"


# One time in two keys; AWS admits numeric operators for the second beside those of dates.
_MOMENT: Final = "aws:currenttime"
_EPOCH: Final = "aws:epochtime"
_Bounds = tuple[Requirement, Requirement, str]


def _values(
    operator: str,
    family: str,
    condition: Condition,
    statement: Statement,
    scene: Scene,
    *,
    negated: bool,
) -> _Bounds | str:
    """Requirements on one value at the least and at the most; a text is a doubt on all."""
    if family not in ("String", "Arn"):
        found = cases(operator, condition.values, epoch=condition.key == _EPOCH)
        if isinstance(found, str):
            return found
        one = Requirement(absent=False, values=found)
        return one, one, ""
    bounded = [
        resolved(
            one,
            scene,
            variables=statement.variables,
            wildcards=family == "Arn" or operator == "StringLike",
        )
        for one in condition.values
    ]
    if not negated:
        bounded = [one for one in bounded if not one.absent]
    doubt = _doubt(bounded)
    if operator == "StringEqualsIgnoreCase":
        if doubt or not all(one.isascii() for one in condition.values):
            return "the portal compares ASCII letters alone without regard to case"
        languages = (in_any_case(_most(bounded)),) * 2
    elif family == "String":
        widest = union(_most(bounded))
        languages = (union(_least(bounded)) if doubt else widest, widest)
    else:
        short = any(one.most.count(":") < _ARN_COLONS for one in bounded)
        if short and negated:
            return "AWS does not say what a text that is no ARN matches"
        crossing = short or condition.key != PRINCIPAL or scene.colons
        languages, doubt = _arns(bounded, doubt, crossing=crossing)
    least, most = (Requirement(absent=False, values=Texts(one)) for one in languages)
    if negated and any(one.hollow for one in bounded):
        most = replace(most, values=EVERYTHING)
    return least, most, doubt


def _arns(
    bounded: Sequence[Bounded], doubt: str, *, crossing: bool
) -> tuple[tuple[Language, Language], str]:
    """`crossing`: whether a `*` that reads colons would match what one that does not would not.

    It does for patterns of fewer than six components, and in ARNs with colons in names.
    """
    apart = by_component(_least(bounded))
    if not crossing and not doubt:
        return (apart, apart), ""
    doubt = doubt or _CROSSING
    return (apart, union(_most(bounded))), doubt


def _quantified(
    condition: Condition, variable: str, bounds: _Bounds, *, negated: bool, words: str
) -> Part:
    least, most, doubt = bounds
    if negated:
        least, most = most.negated(), least.negated()
    if condition.qualifier is Qualifier.FOR_ANY_VALUE:
        absent = (False, condition.if_exists)
        quantifier = Quantifier.ANY
    elif condition.qualifier is Qualifier.FOR_ALL_VALUES:
        # AWS contradicts itself on a negated one of an absent key.
        absent = (condition.if_exists or not negated, True)
        quantifier = Quantifier.ALL
    else:
        absent = (condition.if_exists or negated,) * 2
        quantifier = Quantifier.ALL
    surely = Requirement(absent[0], least.values, quantifier)
    possibly = Requirement(absent[1], most.values, quantifier)
    if surely != possibly and not doubt:
        doubt = f"AWS does not say what {_written(condition)} means for an absent key"
    return Part(variable, surely, possibly, doubt if surely != possibly else "", words)


def _part(
    variable: str,
    least: Requirement,
    most: Requirement,
    *,
    negated: bool,
    doubt: str,
    words: str,
) -> Part:
    if negated:
        least, most = most.negated(), least.negated()
        least, most = (Requirement(one.absent, one.values) for one in (least, most))
    return Part(variable, least, most, doubt, words)


_ALL: Final = Quantifier.ALL


def _null(condition: Condition, variable: str, words: str) -> Part:
    if set(condition.values) - {"true", "false"}:
        return Part(variable, NEVER, ALWAYS, "Null takes `true` or `false` alone", words)
    absent, present = "true" in condition.values, "false" in condition.values
    one = Requirement(absent, EVERYTHING if present else NOTHING)
    return Part(variable, one, one, words=words)


def _guessed(part: Part) -> Part:
    """Of a key that the portal knows nothing of, only its absence is certain to happen."""
    surely = replace(part.surely, values=NOTHING, quantifier=_ALL)
    possibly = replace(part.possibly, values=EVERYTHING, quantifier=_ALL)
    doubt = f"the portal does not know when a request carries `{spelled(part.variable)}`"
    return Part(part.variable, surely, possibly, doubt, part.words)


def _borrowed(
    part: Part,
    borrowed: Borrowed,
    condition: Condition,
    statement: Statement,
    scene: Scene,
    *,
    operator: str,
    negated: bool,
) -> Part:
    """The same, asked of the ARN that the key's value is a part of."""
    wildcards = operator == "StringLike"
    bounded = [
        resolved(one, scene, variables=statement.variables, wildcards=wildcards)
        for one in condition.values
    ]
    if any(one.doubt for one in bounded) or operator not in ("StringEquals", "StringLike"):
        doubt = f"the portal does not decide {operator} of {spelled(condition.key)}"
        doubt += " with policy variables" if _doubt(bounded) else ""
        return Part(borrowed.variable, NEVER, ALWAYS, doubt, part.words)
    one = Requirement(absent=False, values=Texts(borrowed.language(_most(bounded))))
    return _part(borrowed.variable, one, one, negated=negated, doubt="", words=part.words)


def _doubt(bounded: Sequence[Bounded]) -> str:
    return next((one.doubt for one in bounded if one.doubt), "")


def _least(bounded: Sequence[Bounded]) -> tuple[Pattern, ...]:
    return tuple(one.least for one in bounded if one.least is not None)


def _most(bounded: Sequence[Bounded]) -> tuple[Pattern, ...]:
    return tuple(one.most for one in bounded)


def _written(condition: Condition) -> str:
    qualifier = f"{condition.qualifier}:" if condition.qualifier else ""
    return f"{qualifier}{condition.operator}{'IfExists' if condition.if_exists else ''}"


def _list(values: Sequence[str]) -> str:
    if not values:
        return "an empty list"
    shown = ", ".join(f"`{one}`" for one in values[:3])
    return shown + (", …" if len(values) > 3 else "")
