"""Guardrails against SCPs, as a security engineer would tell them.

Each file in `tests/scenarios/verdicts` has a title, the policies of each level from the
root down (`FullAWSAccess` by its name, a text for what is no JSON), the guardrail, its
parameters, the status that is expected, and of the hole: which actions are open or
closed, and what the reason or a note must say.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policies import catalogue
from policies.analysis.document import DocumentError, parse
from policies.analysis.hierarchy import Level, Unreadable
from policies.analysis.proof import decide
from policies.analysis.statement import Statement
from policies.analysis.verdict import Verdict
from policies.catalogue.parameters import parameters_from_json
from tests.policies.analysis.universe import FULL_ACCESS, SUBJECT

FOLDER = Path(__file__).resolve().parents[2] / "scenarios" / "verdicts"
SCENARIOS = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}


def level(target: str, policies: list[Any]) -> Level:
    statements: list[Statement] = []
    unreadable: list[Unreadable] = []
    for index, policy in enumerate(policies):
        content = policy if isinstance(policy, str) else json.dumps(policy)
        policy_id = f"p-{target[:2]}{index}"
        try:
            statements += parse(policy_id, FULL_ACCESS if policy == "FullAWSAccess" else content)
        except DocumentError as error:
            unreadable.append(Unreadable(policy_id, str(error)))
    return Level(target, tuple(statements), tuple(unreadable))


def verdict_of(scenario: dict[str, Any]) -> Verdict:
    parameters = parameters_from_json(scenario.get("parameters", {}))
    (guardrail,) = catalogue.guardrails(parameters, [scenario["guardrail"]])
    levels = tuple(level(*one) for one in scenario["levels"].items())
    return decide(guardrail, levels, SUBJECT, {})


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_verdict_is_the_expected_one(name: str) -> None:
    scenario = SCENARIOS[name]
    verdict = verdict_of(scenario)
    assert verdict.status == scenario["status"], (scenario["title"], verdict.reason)
    if "open" in scenario:
        assert sorted(verdict.open_actions) == sorted(scenario["open"])
    if "closed" in scenario:
        assert sorted(verdict.closed_actions) == sorted(scenario["closed"])
    assert scenario.get("reason_says", "") in verdict.reason
    assert not scenario.get("note_says") or scenario["note_says"] in " ".join(verdict.notes)
