"""The prover against the trying of every request there is."""

from __future__ import annotations

import random
from typing import Final
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from policies.analysis import bearing
from policies.analysis.findings import FAULT
from policies.analysis.proof import decide
from tests.policies.analysis.small_world import ODD, PRINCIPALS, some_levels, told_apart
from tests.policies.analysis.trying import status, tried
from tests.policies.analysis.universe import ACCOUNT, GUARDRAIL, SUBJECT

SEEDS: Final = st.integers(min_value=0, max_value=2**32)


# Whether few of its Denies are tried before all depends on how many there are; here there
# are so few that it takes another number to try that.
FEW: Final = st.sampled_from((1, 2, 24))


@given(seed=SEEDS, few=FEW)
def test_the_verdict_is_that_of_trying_every_request(seed: int, few: int) -> None:
    levels = some_levels(random.Random(seed))
    found = {action: tried(action, levels) for action in GUARDRAIL.actions}
    with patch.object(bearing, "_FEW", few):
        verdict = decide(GUARDRAIL, levels, SUBJECT, {})
    assert list(verdict.open_actions) == [a for a, one in found.items() if one.best == 2]
    assert list(verdict.closed_actions) == [a for a, one in found.items() if one.best == 0]
    assert verdict.status is status(found)


@given(seed=SEEDS, few=FEW)
def test_where_aws_leaves_more_open_nothing_is_claimed_that_a_request_disproves(
    seed: int, few: int
) -> None:
    levels = some_levels(random.Random(seed), ODD)
    found = {action: tried(action, levels) for action in GUARDRAIL.actions}
    with patch.object(bearing, "_FEW", few):
        verdict = decide(GUARDRAIL, levels, SUBJECT, {})
    assert {a for a in verdict.open_actions if found[a].best < 2} == set()
    assert {a for a in verdict.closed_actions if found[a].best > 0} == set()
    assert FAULT not in verdict.reason


@given(chance=st.integers(0, 2**32).map(random.Random))
def test_any_other_principal_is_to_the_vocabulary_what_one_of_the_world_is(
    chance: random.Random,
) -> None:
    letters = ["Admin", "Ops", "InfoSec", "x", "b", "o", "ob", "ann", "O", "=", "Info", "y"]
    name = "".join(chance.choices(letters, k=chance.choice((1, 2, 3))))
    path = "".join(f"{one}/" for one in chance.choices(letters, k=chance.choice((0, 0, 1, 2))))
    if not f"{path}{name}".startswith("InfoSec"):
        assert told_apart(f"arn:aws:iam::{ACCOUNT}:role/{path}{name}") in _KNOWN
    assert told_apart(f"arn:aws:iam::{ACCOUNT}:user/{path}{name}") in _KNOWN


_KNOWN: Final = frozenset(map(told_apart, PRINCIPALS))
