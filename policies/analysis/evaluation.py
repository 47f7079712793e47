"""One concrete request against the levels of an account: what SCPs make of it, and why.

Sources: AWS Organizations User Guide, "SCP evaluation"; IAM User Guide, "How AWS
enforcement code logic evaluates requests to allow or deny access".
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from policies.analysis.hierarchy import Level, Levels
from policies.analysis.kleene import Open, Truth, all_of
from policies.analysis.request_context import complete_context, is_service_linked_role
from policies.analysis.statement import Condition, Statement
from policies.analysis.targets import action_truth, resource_truth
from policies.analysis.truth import truth_of
from policies.analysis.variables import Context
from policies.analysis.verdict import Effect, Evidence, Request


class Decision(enum.StrEnum):
    """IAM's `EvalDecision`, and what no reading of the documentation settles."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicitDeny"
    IMPLICIT_DENY = "implicitDeny"
    INDETERMINATE = "indeterminate"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`evidence`: every Deny that applies; or each level's missing Allow; or, from the root
    down, each level's Allow statements that apply. Empty for an indeterminate decision,
    whose `points` name policy, statement, place and what the answer hangs on.
    """

    decision: Decision
    evidence: tuple[Evidence, ...] = ()
    points: tuple[str, ...] = ()


def evaluate(request: Request, levels: Levels) -> Outcome:
    """Whether SCPs let the request through; certain under every reading, or indeterminate.

    The principal is one of the account that the levels are of. Keys that the request's
    context does not give are absent, but for those that `complete_context` derives.
    """
    judged = _judged(request, levels)
    decision, points = _decision(judged)
    if decision is Decision.EXPLICIT_DENY:
        return Outcome(decision, _evidence((one.level, one.denied) for one in judged))
    if decision is Decision.IMPLICIT_DENY:
        return Outcome(decision, _missing(judged))
    if decision is Decision.INDETERMINATE:
        return Outcome(decision, points=points)
    return Outcome(decision, _evidence((one.level, one.allowed) for one in judged))


def decision_of(request: Request, levels: Levels) -> tuple[Decision, tuple[str, ...]]:
    """As `evaluate`, without the statements that decide: what it is, and its points."""
    return _decision(_judged(request, levels))


def _decision(judged: Sequence[_Judged]) -> tuple[Decision, tuple[str, ...]]:
    if any(one.denied for one in judged):
        return Decision.EXPLICIT_DENY, ()
    if any(one.closed for one in judged):
        return Decision.IMPLICIT_DENY, ()
    unsure = [one for one in judged if one.opened or one.level.unreadable]
    points = tuple(dict.fromkeys(point for one in unsure for point in one.points))
    return (Decision.INDETERMINATE, points) if points else (Decision.ALLOWED, ())


class _Judged(NamedTuple):
    """A level, its statements that apply, and those of which it is open whether they do."""

    level: Level
    denied: Sequence[Statement]
    allowed: Sequence[Statement]
    opened: Sequence[tuple[Statement, Open]]

    @classmethod
    def of(cls, level: Level, request: Request, context: Context) -> _Judged:
        denied: list[Statement] = []
        allowed: list[Statement] = []
        opened: list[tuple[Statement, Open]] = []
        for one in level.statements:
            named = action_truth(one, request.action)
            if named is False:
                # Most statements speak of other actions.
                continue
            truth = _applies(one, named, request, context)
            if isinstance(truth, Open):
                opened.append((one, truth))
            elif truth:
                (denied if one.effect is Effect.DENY else allowed).append(one)
        return cls(level, denied, allowed, opened)

    @property
    def closed(self) -> bool:
        """Whether nothing here allows the request, whatever is still open."""
        if self.allowed or self.level.unreadable:
            return False
        return not any(one.effect is Effect.ALLOW for one, _ in self.opened)

    @property
    def points(self) -> Iterator[str]:
        """What the level's answer hangs on: Denies, and Allows where none is certain."""
        # An unreadable policy may deny as well as allow.
        for policy in self.level.unreadable:
            yield policy.problem
        for statement, truth in self.opened:
            if statement.effect is Effect.DENY or not self.allowed:
                yield from truth.points


def _judged(request: Request, levels: Levels) -> list[_Judged]:
    """Each level's statements against the request; none that SCPs would hold against it."""
    if is_service_linked_role(request.principal_arn):
        return []
    context = complete_context(request)
    return [_Judged.of(level, request, context) for level in levels]


def _missing(judged: Iterable[_Judged]) -> tuple[Evidence, ...]:
    targets = (one.level.target_id for one in judged if one.closed)
    return tuple(Evidence("", -1, None, target, Effect.ALLOW) for target in targets)


def _evidence(found: Iterable[tuple[Level, Sequence[Statement]]]) -> tuple[Evidence, ...]:
    evidence = (
        Evidence(one.policy_id, one.index, one.sid, level.target_id, one.effect)
        for level, statements in found
        for one in statements
    )
    return tuple(dict.fromkeys(evidence))


def _applies(statement: Statement, named: Truth, request: Request, context: Context) -> Truth:
    """Whether the statement speaks of the request, whose action it names or may name."""
    if named is True and statement.reaches_all:
        # As FullAWSAccess does, which stands at each level.
        return True
    truth = all_of(_parts(named, statement, request, context))
    if isinstance(truth, Open):
        return truth.within(f"policy {statement.policy_id}, statement {statement.index}, ")
    return truth


def _parts(
    named: Truth, statement: Statement, request: Request, context: Context
) -> Iterator[Truth]:
    yield _at("NotAction" if statement.not_action else "Action", named)
    yield _at(
        "NotResource" if statement.not_resource else "Resource",
        resource_truth(statement, request.resource, context),
    )
    for condition in statement.conditions:
        truth = truth_of(condition, context, variables=statement.variables)
        if isinstance(truth, Open):
            truth = _at(f"Condition.{written(condition)}.{condition.key}", truth)
        yield truth


def _at(place: str, truth: Truth) -> Truth:
    return truth.within(f"{place}: ") if isinstance(truth, Open) else truth


def written(condition: Condition) -> str:
    """The operator as a policy spells it: `ForAnyValue:StringLikeIfExists`."""
    qualifier = f"{condition.qualifier}:" if condition.qualifier else ""
    return f"{qualifier}{condition.operator}{'IfExists' if condition.if_exists else ''}"
