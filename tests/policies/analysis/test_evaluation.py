"""What SCPs make of one request: the decision, what decides, and what it hangs on."""

from __future__ import annotations

import pytest

from policies.analysis.evaluation import Decision, evaluate, written
from policies.analysis.hierarchy import Level, Unreadable
from policies.analysis.statement import Condition, Qualifier
from policies.analysis.verdict import Effect, Evidence
from tests.policies.analysis.writing import EVERYTHING, allow, deny, levels, request

UNREADABLE = Unreadable("p-bad", "policy p-bad, line 1 column 1: not JSON: Expecting value")


def missing_allow(target_id: str) -> Evidence:
    return Evidence("", -1, None, target_id, Effect.ALLOW)


def test_a_request_gets_through_where_every_level_allows_it() -> None:
    outcome = evaluate(request(), levels([EVERYTHING], [allow("s3:*"), allow("iam:*")]))
    assert outcome.decision is Decision.ALLOWED
    assert outcome.evidence == (
        Evidence("p-0", 0, None, "level-0", Effect.ALLOW),
        Evidence("p-1", 1, None, "level-1", Effect.ALLOW),
    )
    assert outcome.points == ()


@pytest.mark.parametrize("level", [0, 1, 2])
def test_a_deny_at_any_level_decides(level: int) -> None:
    written_levels = [[EVERYTHING], [EVERYTHING], [EVERYTHING]]
    written_levels[level] = [EVERYTHING, deny("iam:DeleteRole", Sid="Keep")]
    outcome = evaluate(request(), levels(*written_levels))
    assert outcome.decision is Decision.EXPLICIT_DENY
    assert outcome.evidence == (Evidence(f"p-{level}", 1, "Keep", f"level-{level}", Effect.DENY),)


def test_every_deny_that_applies_is_evidence() -> None:
    outcome = evaluate(request(), levels([EVERYTHING, deny()], [deny("s3:*"), deny("iam:*")]))
    assert [(one.target_id, one.statement) for one in outcome.evidence] == [
        ("level-0", 1),
        ("level-1", 1),
    ]


@pytest.mark.parametrize("below", [[], [deny("s3:*")], [allow("s3:*")]])
def test_a_level_that_does_not_allow_the_request_closes_it_for_all_below(
    below: list[dict[str, object]],
) -> None:
    outcome = evaluate(request(), levels([EVERYTHING], below, [EVERYTHING]))
    assert outcome.decision is Decision.IMPLICIT_DENY
    assert outcome.evidence == (missing_allow("level-1"),)


def test_an_allow_may_have_resources_and_conditions() -> None:
    only = allow("iam:*", "arn:aws:iam::*:role/x", Condition={"Bool": {"a:b": "true"}})
    role = "arn:aws:iam::222222222222:role/x"
    allowed = evaluate(request(resource=role, a_b="true"), levels([only]))
    assert allowed.decision is Decision.ALLOWED
    assert evaluate(request(resource=role), levels([only])).decision is Decision.IMPLICIT_DENY


def test_the_deny_is_named_rather_than_the_missing_allow() -> None:
    assert evaluate(request(), levels([], [deny()])).decision is Decision.EXPLICIT_DENY


def test_service_linked_roles_are_never_affected() -> None:
    role = "arn:aws:iam::222222222222:role/aws-service-role/a.amazonaws.com/AWSServiceRoleForA"
    outcome = evaluate(request(principal=role), levels([deny()]))
    assert (outcome.decision, outcome.evidence) == (Decision.ALLOWED, ())


def test_a_deny_that_hangs_on_a_point_leaves_the_decision_open_and_names_it() -> None:
    block = {"StringLik": {"aws:a": "b"}}
    outcome = evaluate(request(), levels([EVERYTHING, deny(Condition=block)]))
    assert outcome.decision is Decision.INDETERMINATE
    assert outcome.evidence == ()
    (point,) = outcome.points
    assert point == "policy p-0, statement 1, Condition.StringLik.aws:a: unknown operator"


@pytest.mark.parametrize("but", ["", "Not"])
def test_points_name_the_element_they_are_in(but: str) -> None:
    odd = {"Effect": "Deny", f"{but}Action": "*:Odd", f"{but}Resource": "arn:aws:iam::1"}
    outcome = evaluate(
        request("iam:Odd", resource="arn:aws:iam::1:role/a"), levels([EVERYTHING, odd])
    )
    places = [point.partition(": ")[0] for point in outcome.points]
    assert places == [
        f"policy p-0, statement 1, {but}Action",
        f"policy p-0, statement 1, {but}Resource",
    ]


def test_what_hangs_on_a_point_changes_nothing_that_is_certain_without_it() -> None:
    open_deny = deny(Condition={"StringLik": {"aws:a": "b"}})
    open_allow = allow(Condition={"StringLik": {"aws:a": "b"}})
    assert evaluate(request(), levels([EVERYTHING, open_deny], [deny()])).decision is (
        Decision.EXPLICIT_DENY
    )
    assert evaluate(request(), levels([EVERYTHING, open_deny], [])).decision is (
        Decision.IMPLICIT_DENY
    )
    assert evaluate(request(), levels([EVERYTHING, open_allow])).decision is Decision.ALLOWED
    assert evaluate(request(), levels([open_allow])).decision is Decision.INDETERMINATE


def test_a_condition_that_does_not_hold_hides_another_that_is_open() -> None:
    block = {"StringLik": {"aws:a": "b"}, "Bool": {"aws:SecureTransport": "false"}}
    outcome = evaluate(request(), levels([EVERYTHING, deny(Condition=block)]))
    assert outcome.decision is Decision.ALLOWED


def test_an_unreadable_policy_may_deny_and_may_allow() -> None:
    (everything,) = levels([EVERYTHING])
    bad = Level("level-1", (), (UNREADABLE,))
    outcome = evaluate(request(), (everything, bad))
    assert (outcome.decision, outcome.points) == (
        Decision.INDETERMINATE,
        (UNREADABLE.problem,),
    )
    beside = Level("level-1", everything.statements, (UNREADABLE,))
    assert evaluate(request(), (beside,)).decision is Decision.INDETERMINATE
    (denying,) = levels([deny()])
    assert evaluate(request(), (bad, denying)).decision is Decision.EXPLICIT_DENY


def test_an_operator_is_written_as_a_policy_spells_it() -> None:
    found = Condition("StringLike", Qualifier.FOR_ANY_VALUE, True, "aws:a", ("b",))
    assert written(found) == "ForAnyValue:StringLikeIfExists"
