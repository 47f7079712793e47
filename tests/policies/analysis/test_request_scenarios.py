"""Concrete requests against SCPs, as a security engineer would tell them.

Each file in `tests/scenarios/requests` has a title, the policies of each level from the
root down (`FullAWSAccess` by its name), and requests with the decision that AWS documents.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policies.analysis.document import parse
from policies.analysis.evaluation import evaluate
from policies.analysis.hierarchy import Level, Levels
from policies.analysis.request_json import request_from_json

FOLDER = Path(__file__).resolve().parents[2] / "scenarios" / "requests"
FULL_AWS_ACCESS = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
SCENARIOS = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
CASES = [
    pytest.param(name, index, id=f"{name}-{index}")
    for name, scenario in SCENARIOS.items()
    for index in range(len(scenario["requests"]))
]


def levels_of(scenario: dict[str, Any]) -> Levels:
    return tuple(
        Level(
            target,
            tuple(
                statement
                for index, policy in enumerate(policies)
                for statement in parse(
                    f"{target}-{index}",
                    json.dumps(FULL_AWS_ACCESS if policy == "FullAWSAccess" else policy),
                )
            ),
        )
        for target, policies in scenario["levels"].items()
    )


def test_there_are_scenarios() -> None:
    assert len(CASES) >= 60


@pytest.mark.parametrize(("name", "index"), CASES)
def test_the_decision_is_the_documented_one(name: str, index: int) -> None:
    scenario = SCENARIOS[name]
    written = dict(scenario["requests"][index])
    expected = written.pop("decision")
    outcome = evaluate(request_from_json(json.dumps(written)), levels_of(scenario))
    assert outcome.decision == expected, (scenario["title"], written, outcome.points)
