"""Each guardrail of the catalogue does what it says: its reference SCP and its examples."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

import pytest

from policies import catalogue
from policies.analysis.document import parse
from policies.analysis.guardrail import Parameters
from policies.analysis.proof import decide
from policies.analysis.verdict import Status, Verdict
from tests.policies.analysis.universe import FULL_ACCESS, SUBJECT, levels_of

EXAMPLES = [
    pytest.param(id, example, id=f"{id}: {example['title']}")
    for id in catalogue.GUARDRAIL_IDS
    for example in json.loads(files(catalogue).joinpath(f"{id}.json").read_text())["examples"]
]


def verdict_of(id: str, scps: list[str], parameters: Parameters | None = None) -> Verdict:
    (guardrail,) = catalogue.guardrails(parameters, [id])
    return decide(guardrail, levels_of([FULL_ACCESS, *scps]), SUBJECT, {})


@pytest.mark.parametrize(("id", "example"), EXAMPLES)
def test_an_example_has_the_status_that_it_tells(id: str, example: dict[str, Any]) -> None:
    verdict = verdict_of(id, [json.dumps(one) for one in example["scps"]])
    assert verdict.status == example["status"], verdict.reason
    assert set(example.get("open", ())) <= set(verdict.open_actions)


@pytest.mark.parametrize("id", catalogue.GUARDRAIL_IDS)
@pytest.mark.parametrize(
    "parameters",
    [
        Parameters(),
        Parameters(organizations_scope="leave"),
        Parameters(security_role="Sec?Audit*", trail="exampletrail"),
        Parameters(exempt_principals=()),
    ],
)
def test_the_reference_scp_enforces_its_guardrail(id: str, parameters: Parameters) -> None:
    (guardrail,) = catalogue.guardrails(parameters, [id])
    verdict = verdict_of(id, [guardrail.reference_scp], parameters)
    assert verdict.status is Status.ENFORCED, verdict.reason
    assert verdict.evidence


@pytest.mark.parametrize("id", catalogue.GUARDRAIL_IDS)
def test_without_it_the_guardrail_is_missing_and_every_action_has_a_witness(id: str) -> None:
    (guardrail,) = catalogue.guardrails(ids=[id])
    verdict = verdict_of(id, [])
    assert verdict.status is Status.MISSING
    assert [one.action for one in verdict.witnesses] == list(guardrail.actions)


def test_the_guardrails_are_in_their_order() -> None:
    found = catalogue.guardrails()
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    assert {one.id: len(one.actions) for one in found} == {
        "protect-infosec-roles": 13,
        "prevent-login-profiles": 4,
        "protect-cloudtrail": 4,
        "prevent-s3-public-access": 1,
        "prevent-organizations-actions": 63,
    }


def test_a_guardrail_is_in_the_file_of_its_name() -> None:
    named = {one.name for one in files(catalogue).iterdir() if one.name.endswith(".json")}
    assert named == {f"{id}.json" for id in catalogue.GUARDRAIL_IDS}


def test_resources_hold_only_what_the_engine_fills_in() -> None:
    known = {"${Partition}", "${Account}", "${ManagementAccount}", "${OrganizationId}"}
    for guardrail in catalogue.guardrails():
        for action, templates in {**guardrail.actions, **guardrail.also}.items():
            filled = known | ({"${Region}"} if action.startswith("cloudtrail:") else set())
            assert set(re.findall(r"\$\{\w+\}", " ".join(templates))) <= filled, action


def test_a_reference_scp_is_one_that_aws_takes() -> None:
    for guardrail in catalogue.guardrails():
        assert parse("p-reference", guardrail.reference_scp)
