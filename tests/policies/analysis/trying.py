"""What becomes of every request of the small world, by trying them all.

Nothing of the prover is used: the evaluator of concrete requests is asked for the truth of
one condition for one value at a time, and Kleene's logic puts the answers together.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from policies.analysis.hierarchy import Levels
from policies.analysis.kleene import Open, Truth
from policies.analysis.request_context import complete_context
from policies.analysis.statement import Condition, Statement
from policies.analysis.targets import action_truth, resource_truth
from policies.analysis.truth import truth_of
from policies.analysis.variables import Context
from policies.analysis.verdict import Effect, Request, Status
from tests.policies.analysis.small_world import KEYS, PRINCIPALS, RESOURCES, YESTERDAY
from tests.policies.analysis.universe import ACCOUNT, SUBJECT

# How far something holds: not, in some reading of AWS's documentation, in each of them.
_NO, _PERHAPS, _SURELY = range(3)


def _as_number(truth: Truth) -> int:
    return _PERHAPS if isinstance(truth, Open) else _SURELY if truth else _NO


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of all requests with one action: of the luckiest, and of the unluckiest."""

    best: int
    worst: int


def tried(action: str, levels: Levels) -> Tried:
    """What the SCPs make of every request of the world with this action."""
    speaking = [
        [(one, _as_number(action_truth(one, action.lower()))) for one in level.statements]
        for level in levels
    ]
    bearing = [[(one, named) for one, named in level if named] for level in speaking]
    parts = {part: None for level in bearing for one, _ in level for part in _parts(one, action)}
    best, worst = _NO, _SURELY
    for row, sent in _rows(action, list(parts)):
        fate = _fate(bearing, row, action)
        # What AWS perhaps never sends neither gets through for sure nor is surely stopped.
        best = max(best, fate if sent else min(fate, _PERHAPS))
        worst = min(worst, fate if sent else max(fate, _PERHAPS))
    return Tried(best, worst)


def status(found: Mapping[str, Tried]) -> Status:
    """The verdict that follows, by its definition."""
    if all(one.best == _NO for one in found.values()):
        return Status.ENFORCED
    opened = any(one.best == _SURELY for one in found.values())
    if opened and any(one.worst == _NO for one in found.values()):
        return Status.PARTIAL
    if opened and all(one.worst == _SURELY for one in found.values()):
        return Status.MISSING
    return Status.INDETERMINATE


# One part of a statement: the variable that it speaks of, and what it asks.
_Part = tuple[str, Condition | tuple[tuple[str, ...], bool], bool]


def _parts(statement: Statement, action: str) -> list[_Part]:
    of_resource = (statement.resources, statement.not_resource)
    return [
        ("resource", of_resource, statement.variables),
        *((_variable(one.key, action), one, statement.variables) for one in statement.conditions),
    ]


def _variable(key: str, action: str) -> str:
    """What settles a key: one that can be chosen freely does so itself."""
    if key == "aws:epochtime":
        return _NOW
    if key == "aws:requestedregion" and action.startswith("iam:"):
        return "principal"
    return key if key in KEYS else "principal"


def _fate(
    bearing: Sequence[Sequence[tuple[Statement, int]]], truths: Mapping[_Part, int], action: str
) -> int:
    """Whether one request gets through, by Kleene's logic: `and` is min, `or` is max."""
    fate = _SURELY
    for level in bearing:
        allowed = denied = _NO
        for one, named in level:
            applies = min((named, *(truths[part] for part in _parts(one, action))))
            if one.effect is Effect.DENY:
                denied = max(denied, applies)
            else:
                allowed = max(allowed, applies)
        fate = min(fate, allowed, _SURELY - denied)
    return fate


_MFA: Final = ("aws:multifactorauthpresent", "aws:multifactorauthage")
_REGION: Final = "aws:requestedregion"
_NOW: Final = "aws:currenttime"
# Variables of which AWS does not send every pair of values, by a name for both.
_TOGETHER: Final = {**dict.fromkeys(_MFA, "mfa"), **dict.fromkeys(("resource", _REGION), "place")}
_TAG: Final = "aws:principaltag/team"
# What the principals of some kind do not certainly send.
# Source: IAM User Guide, "AWS global condition context keys", each key's availability.
_KINDS: Final = (
    ([one for one in PRINCIPALS if one.endswith(":root")], (_TAG,)),
    ([one for one in PRINCIPALS if ":federated-user/" in one], _MFA),
    ([one for one in PRINCIPALS if ":user/" in one or ":role/" in one], ()),
)


def _rows(action: str, parts: Sequence[_Part]) -> Iterator[tuple[dict[_Part, int], bool]]:
    """What each request makes of each part, and whether AWS certainly sends such a one."""
    columns: dict[str, list[_Part]] = {}
    for part in parts:
        columns.setdefault(_TOGETHER.get(part[0], part[0]), []).append(part)
    in_order = [part for mine in columns.values() for part in mine]
    for principals, unsent in _KINDS:
        choices = [_choices(mine, action, principals, unsent) for mine in columns.values()]
        for chosen in itertools.product(*choices):
            truths = itertools.chain(*(row for row, _ in chosen))
            yield dict(zip(in_order, truths, strict=True)), all(sent for _, sent in chosen)


def _choices(
    parts: Sequence[_Part], action: str, principals: Sequence[str], unsent: Sequence[str]
) -> set[tuple[tuple[int, ...], bool]]:
    """What the values of some variables make of the parts; those that do the same once only."""
    variables = list(dict.fromkeys(part[0] for part in parts))
    among = [principals if one == "principal" else _values(one, action) for one in variables]
    found = set()
    for values in itertools.product(*among):
        given = dict(zip(variables, values, strict=True))
        truths = tuple(_truth(part, given[part[0]], action) for part in parts)
        found.add((truths, _sent(given, unsent)))
    return found


def _sent(given: Mapping[str, Any], unsent: Sequence[str]) -> bool:
    if any(given.get(key) for key in unsent) or given.get(_NOW, ("",))[0].startswith(YESTERDAY):
        return False
    if all(key in given for key in _MFA):
        # Its age comes along with a second factor, and not without.
        return bool(given[_MFA[1]]) is (given[_MFA[0]] == ("true",))
    if "resource" in given and _REGION in given:
        return bool(given["resource"].split(":")[3] == given[_REGION][0])
    return True


def _values(variable: str, action: str) -> Sequence[Any]:
    return RESOURCES[action] if variable == "resource" else KEYS[variable]


@lru_cache(maxsize=200_000)
def _truth(part: _Part, value: Any, action: str) -> int:
    variable, asked, variables = part
    principal = value if variable == "principal" else PRINCIPALS[0]
    context = _context(principal, action)
    if not isinstance(asked, Condition):
        return _as_number(_of_resource(asked, value, variables, context))
    if variable != "principal":
        context = {**context, variable: value}
    if variable == _NOW:
        seconds = datetime.fromisoformat(value[0]).timestamp()
        context["aws:epochtime"] = (str(int(seconds)),)
    return _as_number(truth_of(asked, context, variables=variables))


def _of_resource(
    asked: tuple[tuple[str, ...], bool], resource: str, variables: bool, context: Context
) -> Truth:
    patterns, not_resource = asked
    one = Statement("", 0, None, Effect.DENY, (), False, patterns, not_resource, (), variables)
    return resource_truth(one, resource, context)


@lru_cache(maxsize=1_000)
def _context(principal: str, action: str) -> dict[str, tuple[str, ...]]:
    given = {
        "aws:PrincipalOrgID": (SUBJECT.organization_id,),
        "aws:PrincipalOrgPaths": (SUBJECT.organization_path,),
        "aws:ResourceAccount": (ACCOUNT,),
    }
    return dict(complete_context(Request(action, "*", principal, given)))
