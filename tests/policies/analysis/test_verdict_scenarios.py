"""Guardrails against SCPs, as a security engineer would tell them.

Each file in `tests/scenarios/verdicts` has a title; why the verdict is what it is, by the
rules of AWS; which of the traps of `tests/scenarios/README.md` it sets; the policies of each
level from the root down; the guardrail and its parameters; the status that is expected; and
of the hole:

- `open` and `closed`: which actions;
- `reason_says`, `note_says`: what a sentence must hold;
- `principal`, `resource`: what the request that gets through must look like;
- `witness`: by key what it must carry, null where it must lack the key.

Wildcards are those of a shell; a `!` in front says what it must not look like.
"""

from __future__ import annotations

import gc
from fnmatch import fnmatchcase
from typing import Any

import pytest

from policies.analysis import parts
from policies.analysis.proof import decide
from policies.analysis.verdict import Request
from tests.policies.analysis.scenarios import question_of, scenarios, verdict_of
from tests.policies.analysis.universe import SUBJECT

SCENARIOS = scenarios("verdicts")


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_verdict_is_the_expected_one(name: str) -> None:
    scenario = SCENARIOS[name]
    verdict = verdict_of(scenario)
    assert verdict.status == scenario["status"], (scenario["title"], verdict.reason)
    if "open" in scenario:
        assert sorted(verdict.open_actions) == sorted(scenario["open"])
    if "closed" in scenario:
        assert sorted(verdict.closed_actions) == sorted(scenario["closed"])
    assert _missing(scenario.get("reason_says", []), verdict.reason) == []
    assert _missing(scenario.get("note_says", []), " ".join(verdict.notes)) == []
    for witness in verdict.witnesses:
        assert _unlike(scenario, witness) == []


def test_no_verdict_depends_on_what_was_judged_before() -> None:
    parts._SHARED.clear()
    forth = {name: verdict_of(SCENARIOS[name]) for name in SCENARIOS}
    parts._SHARED.clear()
    back = {name: verdict_of(SCENARIOS[name]) for name in reversed(SCENARIOS)}
    assert {name: back[name] for name in forth if forth[name] != back[name]} == {}


def test_judging_leaves_nothing_that_only_a_collector_could_free() -> None:
    # `assess` runs without one, so a circle in every verdict would be memory lost.
    questions = [question_of(SCENARIOS[name]) for name in SCENARIOS]
    gc.collect()
    gc.disable()
    try:
        for guardrail, levels in questions:
            decide(guardrail, levels, SUBJECT, {})
        assert gc.collect() == 0
    finally:
        gc.enable()


def _missing(said: str | list[str], text: str) -> list[str]:
    each = [said] if isinstance(said, str) else said
    return [f"{one!r} is not in {text!r}" for one in each if one not in text]


def _unlike(scenario: dict[str, Any], witness: Request) -> list[str]:
    given = {key.lower(): values for key, values in witness.context.items()}
    expected = {key.lower(): wanted for key, wanted in scenario.get("witness", {}).items()}
    checks = [
        *((key, given.get(key, ()), wanted) for key, wanted in expected.items()),
        ("principal", (witness.principal_arn,), scenario.get("principal", "*")),
        ("resource", (witness.resource,), scenario.get("resource", "*")),
    ]
    return [
        f"{name} is {found}, not {wanted}"
        for name, found, wanted in checks
        if not _like(found, wanted)
    ]


def _like(found: tuple[str, ...], wanted: str | None) -> bool:
    if wanted is None or not found:
        return wanted is None and not found
    unlike = wanted.startswith("!")
    return any(fnmatchcase(one, wanted.removeprefix("!")) for one in found) is not unlike
