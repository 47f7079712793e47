"""Generated policies against every request of a small world, and against each other."""

from __future__ import annotations

import dataclasses
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.analysis.evaluation import Decision, evaluate
from policies.analysis.hierarchy import Level, Levels
from policies.analysis.patterns import by_component, wild
from policies.analysis.proof import decide
from policies.analysis.verdict import Effect, Status, Verdict
from tests.policies.analysis.universe import (
    ALL_REQUESTS,
    FULL_ACCESS,
    GUARDRAIL,
    SUBJECT,
    levels_of,
    some_levels,
    some_policy,
)

_EXEMPT = by_component((wild("arn:*:iam::*:role/InfoSec*"),))
IN_SCOPE = tuple(one for one in ALL_REQUESTS if not _EXEMPT.matches(one.principal_arn))
CHANCES = st.integers(min_value=0, max_value=2**32).map(random.Random)


def judged(levels: Levels) -> Verdict:
    return decide(GUARDRAIL, levels, SUBJECT, {})


@settings(max_examples=150, deadline=None)
@given(chance=CHANCES)
def test_nothing_gets_through_where_an_action_is_closed(chance: random.Random) -> None:
    levels = some_levels(chance)
    closed = frozenset(judged(levels).closed_actions)
    for request in chance.sample(IN_SCOPE, 400):
        if request.action in closed:
            assert evaluate(request, levels).decision is not Decision.ALLOWED, request


@settings(max_examples=150, deadline=None)
@given(chance=CHANCES)
def test_each_open_action_has_a_witness_that_gets_through(chance: random.Random) -> None:
    levels = some_levels(chance)
    verdict = judged(levels)
    assert tuple(one.action for one in verdict.witnesses) == verdict.open_actions
    for witness in verdict.witnesses:
        assert evaluate(witness, levels).decision is Decision.ALLOWED
        assert not _EXEMPT.matches(witness.principal_arn)
    assert "disagree" not in verdict.reason


@settings(max_examples=100, deadline=None)
@given(chance=CHANCES)
def test_another_deny_opens_nothing(chance: random.Random) -> None:
    levels = some_levels(chance)
    more = levels_of([FULL_ACCESS, some_policy(chance, "Deny", 2)])
    before, after = judged(levels), judged((*levels, *more))
    assert set(before.closed_actions) <= set(after.closed_actions)


@settings(max_examples=100, deadline=None)
@given(chance=CHANCES)
def test_another_allow_closes_nothing(chance: random.Random) -> None:
    levels = some_levels(chance)
    extra = levels_of([some_policy(chance, "Allow", 2)])[0].statements
    top = dataclasses.replace(levels[0], statements=(*levels[0].statements, *extra))
    before, after = judged(levels), judged((top, *levels[1:]))
    assert set(before.open_actions) <= set(after.open_actions)


@settings(max_examples=100, deadline=None)
@given(chance=CHANCES)
def test_order_and_repetition_of_statements_change_no_status(chance: random.Random) -> None:
    levels = some_levels(chance)
    shuffled = tuple(_shuffled(level, chance) for level in levels)
    before, after = judged(levels), judged(shuffled)
    assert (before.status, before.open_actions) == (after.status, after.open_actions)


def _shuffled(level: Level, chance: random.Random) -> Level:
    statements = [*level.statements, *level.statements[:1]]
    chance.shuffle(statements)
    return dataclasses.replace(level, statements=tuple(statements))


@settings(max_examples=100, deadline=None)
@given(chance=CHANCES)
def test_missing_means_that_no_deny_stops_anything_in_the_world(chance: random.Random) -> None:
    levels = some_levels(chance)
    if judged(levels).status is Status.MISSING:
        denies = any(one.effect is Effect.DENY for level in levels for one in level.statements)
        for request in chance.sample(IN_SCOPE, 300) if denies else ():
            assert evaluate(request, levels).decision is not Decision.EXPLICIT_DENY, request
