"""What is found of each action, however few steps there are for it and however many Denies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from policies.analysis.answers import TOO_LONG, Closed, Finding, Open, Unclear
from policies.analysis.evaluation import Decision
from policies.analysis.findings import FAULT, Findings, _disagreement
from policies.analysis.walks import STEP_LIMIT
from tests.policies.analysis.universe import GUARDRAIL, SUBJECT
from tests.policies.analysis.writing import EVERYTHING, deny, levels, request

BLOCK = "s3:PutAccountPublicAccessBlock"
PASSWORDS = "iam:UpdateAccountPasswordPolicy"


def findings(
    *written: dict[str, Any], steps: int = STEP_LIMIT, actions: tuple[str, ...] = (BLOCK,)
) -> tuple[Finding, ...]:
    guardrail = replace(GUARDRAIL, actions=dict.fromkeys(actions, ()))
    asked = Findings(guardrail, levels([EVERYTHING, *written]), SUBJECT)
    return asked.of(guardrail.actions, steps)


def of_principals(pattern: str) -> dict[str, Any]:
    return deny(Condition={"ArnLike": {"aws:PrincipalArn": pattern}})


def of_tags(count: int) -> list[dict[str, Any]]:
    conditions: list[dict[str, Any]] = [
        {"StringEquals": {"aws:PrincipalTag/team": str(n), "aws:RequestedRegion": ["eu-west-1"]}}
        for n in range(count)
    ]
    return [deny(Condition=one) for one in conditions]


@pytest.mark.parametrize("count", [0, 3, 60])
def test_however_few_the_steps_nothing_is_closed_that_is_open(count: int) -> None:
    """All roles are stopped by one statement alone, whatever is known of the others."""
    written = [of_principals("arn:aws:iam::*:role/*"), *of_tags(count)]
    answers = [findings(*written, steps=steps)[0].answer for steps in range(0, 600, 6)]
    assert not any(isinstance(one, Closed) for one in answers)
    assert answers[0] == Unclear((TOO_LONG,))
    assert count == 60 or isinstance(answers[-1], Open)


def test_many_denies_that_close_nothing_leave_it_open() -> None:
    (found,) = findings(*of_tags(60))
    assert isinstance(found.answer, Open)
    assert found.restricted
    assert len(found.evidence) == 60


def test_of_many_denies_those_that_close_it_are_told() -> None:
    closing = deny(Condition={"StringLike": {"aws:PrincipalArn": "*"}})
    (found,) = findings(*of_tags(60), closing)
    assert isinstance(found.answer, Closed)
    assert [one.statement for one in found.evidence] == [61]


def test_many_denies_close_together_what_the_simplest_of_them_do_not() -> None:
    others = ["arn:aws:iam::*:user/*", "arn:aws:iam::*:root", "arn:aws:sts::*:federated-user/*"]
    of_others = deny(Condition={"ArnLike": {"aws:PrincipalArn": others}})
    (found,) = findings(*of_tags(60), of_others, of_principals("arn:aws:iam::*:role/*"))
    assert isinstance(found.answer, Closed)


def test_actions_of_two_services_are_not_taken_for_one_another() -> None:
    """IAM is called in one Region, Amazon S3 in each."""
    away = deny(Condition={"StringEquals": {"aws:RequestedRegion": "us-east-1"}})
    of_iam, of_s3 = findings(away, actions=(PASSWORDS, BLOCK))
    assert isinstance(of_iam.answer, Closed)
    assert isinstance(of_s3.answer, Open)


def test_where_search_and_evaluation_disagree_the_request_is_told() -> None:
    asked = request(BLOCK, "*")
    said = _disagreement(asked, Decision.EXPLICIT_DENY).clause
    assert all(one in said for one in (BLOCK, "`*`", asked.principal_arn, FAULT))
