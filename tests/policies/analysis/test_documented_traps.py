"""Each trap of docs/verdicts.md is one: the guardrail has the status told, the request passes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from policies import catalogue
from policies.analysis.evaluation import Decision, evaluate
from policies.analysis.proof import decide
from policies.analysis.request_json import request_from_json
from tests.policies.analysis.universe import FULL_ACCESS, SUBJECT, levels_of

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "verdicts.md"
CLAIM = re.compile(r"^`([\w-]+)` is `(\w+)`", re.MULTILINE)
BLOCK = re.compile(r"^```json\n(.*?)^```", re.MULTILINE | re.DOTALL)
SECTIONS = DOCUMENT.read_text().partition("\n## Traps\n")[2].split("\n### ")[1:]
# Guardrail, status, statement and request of each.
TRAPS = [
    pytest.param(*claim.groups(), *BLOCK.findall(section), id=section.partition("\n")[0])
    for section in SECTIONS
    if (claim := CLAIM.search(section))
]


def test_every_trap_with_a_policy_is_read() -> None:
    assert len(TRAPS) == DOCUMENT.read_text().count("```json") / 2 >= 7


@pytest.mark.parametrize(("guardrail_id", "status", "statement", "request_text"), TRAPS)
def test_a_trap_is_one(guardrail_id: str, status: str, statement: str, request_text: str) -> None:
    policy = json.dumps({"Version": "2012-10-17", "Statement": json.loads(statement)})
    levels = levels_of([FULL_ACCESS, policy])
    (guardrail,) = catalogue.guardrails(ids=[guardrail_id])
    verdict = decide(guardrail, levels, SUBJECT, {})
    assert verdict.status == status, verdict.reason
    request = request_from_json(request_text)
    assert request.action in verdict.open_actions
    assert evaluate(request, levels).decision is Decision.ALLOWED
