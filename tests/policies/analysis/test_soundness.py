"""Generated policies against every request of a small world, and against each other."""

from __future__ import annotations

import dataclasses
import random
import re

from hypothesis import given
from hypothesis import strategies as st

from policies.analysis.evaluation import Decision, evaluate
from policies.analysis.findings import FAULT
from policies.analysis.hierarchy import Level, Levels
from policies.analysis.patterns import by_component, wild
from policies.analysis.proof import decide
from policies.analysis.verdict import Effect, Status, Verdict
from tests.policies.analysis.near import requests_near
from tests.policies.analysis.universe import (
    ACCOUNT,
    ALL_REQUESTS,
    FULL_ACCESS,
    GUARDRAIL,
    SUBJECT,
    levels_of,
    some_levels,
    some_policy,
)

_EXEMPT = by_component((wild("arn:*:iam::*:role/InfoSec*"),))
# What IAM and CloudTrail admit, written once more.
_NAME = r"[\w+=,.@-]{1,64}"
_PATH = r"(?:[!-9;-~]+/)*"
_PRINCIPAL = re.compile(
    rf"arn:aws:iam::{ACCOUNT}:(?:root|(?:user|role)/{_PATH}{_NAME})"
    rf"|arn:aws:sts::{ACCOUNT}:federated-user/[\w+=,.@-]{{2,32}}",
    re.ASCII,
)
_RESOURCE = {
    "iam:UpdateAccountPasswordPolicy": re.compile(r"\*"),
    "iam:DeleteRole": re.compile(
        rf"arn:aws:iam::{ACCOUNT}:role/(?=InfoSec){_PATH}{_NAME}", re.ASCII
    ),
    "cloudtrail:StopLogging": re.compile(
        rf"arn:aws:cloudtrail:[a-z]{{2,}}(?:-[a-z]+){{1,2}}-\d:{ACCOUNT}"
        r":trail/[a-zA-Z0-9][a-zA-Z0-9._-]+[a-zA-Z0-9]"
    ),
}
IN_SCOPE = tuple(one for one in ALL_REQUESTS if not _EXEMPT.matches(one.principal_arn))
CHANCES = st.integers(min_value=0, max_value=2**32).map(random.Random)


def judged(levels: Levels) -> Verdict:
    return decide(GUARDRAIL, levels, SUBJECT, {})


@given(chance=CHANCES)
def test_nothing_gets_through_where_an_action_is_closed(chance: random.Random) -> None:
    levels = some_levels(chance)
    closed = frozenset(judged(levels).closed_actions)
    for request in chance.sample(IN_SCOPE, 400):
        if request.action in closed:
            assert evaluate(request, levels).decision is not Decision.ALLOWED, request


@given(chance=CHANCES)
def test_nothing_near_to_what_the_policies_name_gets_through_where_an_action_is_closed(
    chance: random.Random,
) -> None:
    levels = some_levels(chance)
    closed = judged(levels).closed_actions
    for request in requests_near(levels, closed, chance, 60) if closed else ():
        if not _EXEMPT.matches(request.principal_arn):
            assert evaluate(request, levels).decision is not Decision.ALLOWED, request


@given(chance=CHANCES)
def test_each_open_action_has_a_witness_that_gets_through(chance: random.Random) -> None:
    levels = some_levels(chance)
    verdict = judged(levels)
    assert tuple(one.action for one in verdict.witnesses) == verdict.open_actions
    for witness in verdict.witnesses:
        assert evaluate(witness, levels).decision is Decision.ALLOWED
        assert not _EXEMPT.matches(witness.principal_arn)
        assert _PRINCIPAL.fullmatch(witness.principal_arn)
        assert _RESOURCE[witness.action].fullmatch(witness.resource)
    assert FAULT not in verdict.reason


@given(chance=CHANCES)
def test_another_deny_opens_nothing(chance: random.Random) -> None:
    levels = some_levels(chance)
    more = levels_of([FULL_ACCESS, some_policy(chance, "Deny", 2)])
    before, after = judged(levels), judged((*levels, *more))
    assert set(before.closed_actions) <= set(after.closed_actions)


@given(chance=CHANCES)
def test_another_allow_closes_nothing(chance: random.Random) -> None:
    levels = some_levels(chance)
    extra = levels_of([some_policy(chance, "Allow", 2)])[0].statements
    top = dataclasses.replace(levels[0], statements=(*levels[0].statements, *extra))
    before, after = judged(levels), judged((top, *levels[1:]))
    assert set(before.open_actions) <= set(after.open_actions)


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


@given(chance=CHANCES)
def test_a_level_that_stands_there_twice_changes_nothing(chance: random.Random) -> None:
    """As an account has it that is moved below a unit with the same SCPs, or to where it is."""
    levels = some_levels(chance)
    twice = (*levels, levels[-1])
    before, after = judged(levels), judged(twice)
    assert (before.status, before.open_actions) == (after.status, after.open_actions)
    assert judged(levels) == before


@given(chance=CHANCES)
def test_a_policy_attached_at_another_level_as_well_changes_no_status_of_a_deny(
    chance: random.Random,
) -> None:
    levels = some_levels(chance)
    denies = tuple(one for one in levels[0].statements if one.effect is Effect.DENY)
    below = dataclasses.replace(levels[-1], statements=(*levels[-1].statements, *denies))
    before, after = judged(levels), judged((*levels[:-1], below))
    assert (before.status, before.open_actions) == (after.status, after.open_actions)


@given(chance=CHANCES)
def test_missing_means_that_no_deny_stops_anything_in_the_world(chance: random.Random) -> None:
    levels = some_levels(chance)
    if judged(levels).status is Status.MISSING:
        denies = any(one.effect is Effect.DENY for level in levels for one in level.statements)
        for request in chance.sample(IN_SCOPE, 300) if denies else ():
            assert evaluate(request, levels).decision is not Decision.EXPLICIT_DENY, request
