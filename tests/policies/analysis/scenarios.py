"""Scenarios of guardrails against SCPs: how a file of `tests/scenarios/verdicts` is read."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from policies import catalogue
from policies.analysis.document import DocumentError, parse
from policies.analysis.guardrail import Guardrail
from policies.analysis.hierarchy import Level, Levels, Unreadable
from policies.analysis.proof import decide
from policies.analysis.statement import Statement
from policies.analysis.verdict import Verdict
from policies.catalogue.parameters import parameters_from_json
from tests.policies.analysis.universe import FULL_ACCESS, SUBJECT

FOLDER: Final = Path(__file__).resolve().parents[2] / "scenarios"


def scenarios(kind: str) -> dict[str, dict[str, Any]]:
    """The scenarios of one folder by the names of their files."""
    return {one.stem: json.loads(one.read_text()) for one in sorted((FOLDER / kind).glob("*.json"))}


def contents(policies: list[Any]) -> Iterator[str]:
    """The texts of the policies of one level.

    One may be written as `FullAWSAccess`, as its JSON, as a text where it is no JSON that
    can be written so, or as many large ones: `{"times": 9, "until_characters": 10240,
    "resource": "…{}…", "policy": {…}}`, each filled up with numbered resources.
    """
    for policy in policies:
        if policy == "FullAWSAccess":
            yield FULL_ACCESS
        elif isinstance(policy, str):
            yield policy
        elif "times" in policy:
            yield from (_large(policy, number) for number in range(policy["times"]))
        else:
            yield json.dumps(policy)


def _large(written: dict[str, Any], number: int) -> str:
    policy = copy.deepcopy(written["policy"])
    resources: list[str] = policy["Statement"][0]["Resource"]
    left = written["until_characters"] - len(json.dumps(policy))
    while True:
        resource = written["resource"].format(f"{number}-{len(resources)}")
        left -= len(json.dumps(resource)) + len(", ")
        if left < 0:
            return json.dumps(policy)
        resources.append(resource)


def level(target: str, policies: list[Any]) -> Level:
    statements: list[Statement] = []
    unreadable: list[Unreadable] = []
    for index, content in enumerate(contents(policies)):
        policy_id = f"p-{target[:2]}{index}"
        try:
            statements += parse(policy_id, content)
        except DocumentError as error:
            unreadable.append(Unreadable(policy_id, str(error)))
    return Level(target, tuple(statements), tuple(unreadable))


def question_of(scenario: dict[str, Any]) -> tuple[Guardrail, Levels]:
    parameters = parameters_from_json(scenario.get("parameters", {}))
    (guardrail,) = catalogue.guardrails(parameters, [scenario["guardrail"]])
    return guardrail, tuple(level(*one) for one in scenario["levels"].items())


def verdict_of(scenario: dict[str, Any]) -> Verdict:
    return decide(*question_of(scenario), SUBJECT, {})
