"""What holds of every tree of SCPs and every request."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from policies.analysis.document import parse
from policies.analysis.evaluation import Decision, evaluate
from policies.analysis.hierarchy import Level, Levels
from policies.analysis.operators import OPERATORS
from policies.analysis.statement import Statement
from policies.analysis.verdict import Effect, Request

ROLES = tuple(
    f"arn:aws:iam::222222222222:{name}"
    for name in ("role/InfoSecAudit", "role/Admin", "user/x:role/InfoSec", "root")
)
VALUES = (
    *("*", "Admin", "${aws:username}", "${aws:PrincipalTag/a, 'Admin'}", "true", "false", "5"),
    *("2026-01-01", "10.0.0.0/8", "QQ==", "arn:aws:iam::*:role/InfoSec*", "o-1/r-1/*", ""),
)
KEYS = (
    *("aws:PrincipalArn", "aws:username", "aws:TagKeys", "aws:SourceIp", "aws:PrincipalTag/a"),
    *("aws:MultiFactorAuthAge", "aws:MultiFactorAuthPresent", "aws:CurrentTime", "custom:Key"),
)
QUALIFIERS = ("", "ForAnyValue:", "ForAllValues:")
OPERATOR = st.builds(
    "{}{}{}".format,
    st.sampled_from(QUALIFIERS),
    st.sampled_from([*sorted(OPERATORS), "StringLik"]),
    st.sampled_from(["", "", "IfExists"]),
)
VALUE = st.lists(st.sampled_from(VALUES), max_size=3)
CONDITION = st.dictionaries(
    OPERATOR, st.dictionaries(st.sampled_from(KEYS), VALUE, min_size=1, max_size=2), max_size=2
)
ACTIONS = st.lists(
    st.sampled_from(["*", "iam:*", "iam:CreateRole", "*:CreateRole", "s3:*"]), min_size=1
)
RESOURCES = st.lists(
    st.sampled_from(
        ["*", "arn:aws:iam::*:role/*", "arn:aws:iam::*:role/InfoSec*", "arn:aws:iam::2"]
    ),
    min_size=1,
)


@st.composite
def statement(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "Effect": draw(st.sampled_from(["Allow", "Deny"])),
        draw(st.sampled_from(["Action", "Action", "NotAction"])): draw(ACTIONS),
        draw(st.sampled_from(["Resource", "Resource", "NotResource"])): draw(RESOURCES),
        "Condition": draw(CONDITION),
    }


def parsed(written: dict[str, Any]) -> Statement:
    (found,) = parse("p-1", json.dumps({"Version": "2012-10-17", "Statement": written}))
    return found


STATEMENT = statement().map(parsed)
LEVELS = st.lists(
    st.lists(STATEMENT, max_size=4).map(lambda found: Level("target", tuple(found))),
    min_size=1,
    max_size=3,
).map(tuple)
REQUEST = st.builds(
    Request,
    action=st.sampled_from(["iam:CreateRole", "s3:ListBucket", "IAM:createrole"]),
    resource=st.sampled_from(["*", *ROLES]),
    principal_arn=st.sampled_from(ROLES),
    context=st.dictionaries(
        st.sampled_from(KEYS), st.lists(st.sampled_from(VALUES), max_size=2).map(tuple)
    ),
)
DENIED = (Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY)


@given(REQUEST, LEVELS)
def test_a_decision_comes_with_evidence_or_with_points_and_never_with_both(
    request: Request, levels: Levels
) -> None:
    outcome = evaluate(request, levels)
    assert bool(outcome.points) is (outcome.decision is Decision.INDETERMINATE)
    assert bool(outcome.evidence) is (outcome.decision is not Decision.INDETERMINATE)
    effect = Effect.DENY if outcome.decision is Decision.EXPLICIT_DENY else Effect.ALLOW
    assert {one.effect for one in outcome.evidence} <= {effect}


@given(REQUEST, LEVELS, st.randoms(use_true_random=False))
def test_the_order_of_statements_and_their_duplicates_change_nothing(
    request: Request, levels: Levels, random: Any
) -> None:
    mixed = []
    for level in levels:
        found = [*level.statements, *level.statements]
        random.shuffle(found)
        mixed.append(replace(level, statements=tuple(found)))
    before, after = evaluate(request, levels), evaluate(request, tuple(mixed))
    assert before.decision is after.decision
    assert set(before.evidence) == set(after.evidence)
    assert set(before.points) == set(after.points)


@given(REQUEST, LEVELS, STATEMENT, st.data())
def test_one_more_deny_opens_nothing_and_one_more_allow_closes_nothing(
    request: Request, levels: Levels, added: Statement, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(levels) - 1))
    more = replace(levels[at], statements=(*levels[at].statements, added))
    before = evaluate(request, levels).decision
    after = evaluate(request, (*levels[:at], more, *levels[at + 1 :])).decision
    if added.effect is Effect.DENY:
        assert not (before in DENIED and after not in DENIED)
        assert not (before is Decision.INDETERMINATE and after is Decision.ALLOWED)
    else:
        assert not (before is Decision.ALLOWED and after is not Decision.ALLOWED)
        assert not (before is Decision.INDETERMINATE and after in DENIED)


@given(REQUEST, LEVELS, LEVELS)
def test_levels_further_down_never_open_what_is_closed_above(
    request: Request, above: Levels, below: Levels
) -> None:
    if evaluate(request, above).decision in DENIED:
        assert evaluate(request, above + below).decision in DENIED


@given(REQUEST, LEVELS)
def test_the_case_of_keys_and_actions_changes_nothing(request: Request, levels: Levels) -> None:
    other = request._replace(
        action=request.action.swapcase(),
        context={key.swapcase(): values for key, values in request.context.items()},
    )
    assert evaluate(other, levels) == evaluate(request, levels)
