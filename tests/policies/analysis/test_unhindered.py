"""What gets through where nothing is in the way hangs on nothing but who asks for what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policies.analysis import findings as answering
from policies.analysis import unhindered as kept
from policies.analysis.answers import Answer, Closed, Open
from policies.analysis.asking import Asked
from policies.analysis.evaluation import Decision
from policies.analysis.findings import Findings
from policies.analysis.guardrail import Guardrail
from policies.analysis.subject import Subject
from policies.analysis.verdict import Request
from tests.policies.analysis.universe import ACCOUNT, GUARDRAIL, SUBJECT
from tests.policies.analysis.writing import EVERYTHING, allow, levels

BLOCK = "s3:PutAccountPublicAccessBlock"
PASSWORD = "iam:ChangePassword"
ROLE = ("arn:${Partition}:iam::${Account}:role/InfoSec*",)
USER = ("arn:${Partition}:iam::${Account}:user/*",)
PASSWORDS = "iam:UpdateAccountPasswordPolicy"
ANOTHER = replace(SUBJECT, account_id="333333333333")
EVERYBODY = ("arn:*:iam::*:*", "arn:*:sts::*:*")


def answer(
    action: str = BLOCK,
    templates: tuple[str, ...] = (),
    *,
    exempt: tuple[str, ...] = (),
    subject: Subject = SUBJECT,
    steps: int = 0,
) -> Answer:
    guardrail = asking_for(action, templates, exempt)
    (found,) = Findings(guardrail, levels([EVERYTHING]), subject).of(guardrail.actions, steps)
    assert (found.restricted, found.perhaps_restricted, found.evidence) == (False, False, ())
    return found.answer


def asking_for(
    action: str, templates: tuple[str, ...] = (), exempt: tuple[str, ...] = ()
) -> Guardrail:
    parameters = replace(GUARDRAIL.parameters, exempt_principals=exempt)
    return replace(GUARDRAIL, actions={action: templates}, parameters=parameters)


def witness(asked: tuple[str, tuple[str, ...]]) -> Request:
    found = answer(*asked)
    assert isinstance(found, Open)
    return found.witness


def asked_by(found: Answer) -> str:
    assert isinstance(found, Open)
    return found.witness.principal_arn


def test_it_is_found_with_no_step_of_those_for_answers() -> None:
    assert asked_by(answer()) == f"arn:aws:iam::{ACCOUNT}:role/Developer"
    assert asked_by(answer(PASSWORD)) == f"arn:aws:iam::{ACCOUNT}:user/alice"


def test_it_is_of_the_account_that_asks_and_of_nobody_who_is_exempt() -> None:
    assert asked_by(answer(subject=ANOTHER)) == "arn:aws:iam::333333333333:role/Developer"
    exempt = ("arn:*:iam::*:role/Dev*",)
    assert asked_by(answer(exempt=exempt)).endswith(":role/OrganizationAccountAccessRole")
    assert asked_by(answer(exempt=("arn:*:iam::*:role/*",))).endswith(":user/alice")


def test_it_is_on_what_the_action_can_be_called_on() -> None:
    asked = (("iam:DeleteRole", ROLE), ("iam:CreateLoginProfile", USER), (PASSWORDS, ()))
    found = [(one.action, one.resource) for one in map(witness, asked)]
    assert found == [
        ("iam:DeleteRole", f"arn:aws:iam::{ACCOUNT}:role/InfoSecAudit"),
        ("iam:CreateLoginProfile", f"arn:aws:iam::{ACCOUNT}:user/alice"),
        (PASSWORDS, "*"),
    ]


def test_where_everybody_is_exempt_nothing_is_open() -> None:
    guardrail = asking_for(BLOCK, exempt=EVERYBODY)
    (found,) = Findings(guardrail, levels([EVERYTHING]), SUBJECT).of(guardrail.actions)
    assert isinstance(found.answer, Closed)


def test_what_is_kept_is_bounded_and_changes_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ((BLOCK, ()), ("iam:DeleteRole", ROLE), (BLOCK, ()), (PASSWORD, ()))
    before = list(map(witness, asked))
    monkeypatch.setattr(kept, "_FOUND", {})
    monkeypatch.setattr(kept, "_MOST_FOUND", 1)
    for each, request in zip(asked, before, strict=True):
        assert witness(each) == request
        assert len(kept._FOUND) == 1


def test_another_action_of_the_same_service_is_answered_without_a_search(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = answer()

    def fails(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Asked, "search", fails)
    again = answer("s3:PutBucketPublicAccessBlock")
    assert asked_by(again) == asked_by(first)


def test_what_takes_too_long_is_looked_for_as_if_something_were_in_the_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = asked_by(answer())
    monkeypatch.setattr(kept, "_FOUND", {})
    monkeypatch.setattr(kept, "_STEPS", 1)
    assert asked_by(answer(steps=1_000)) == before


def test_a_key_that_some_allow_asks_for_is_given_a_value() -> None:
    """So what is kept is none of this case's."""
    guardrail = asking_for(BLOCK)
    asks = allow(Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})
    written = levels([EVERYTHING, asks])
    (found,) = Findings(guardrail, written, SUBJECT).of(guardrail.actions)
    assert isinstance(found.answer, Open)
    assert "aws:requestedregion" in found.case.mentioned
    assert not found.case.bare


def test_it_is_put_to_the_evaluator_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    answer()
    put = []

    def stopped(request: object, _levels: object) -> tuple[Decision, tuple[str, ...]]:
        put.append(request)
        return Decision.EXPLICIT_DENY, ()

    monkeypatch.setattr(answering, "decision_of", stopped)
    guardrail = asking_for(BLOCK)
    (found,) = Findings(guardrail, levels([EVERYTHING]), SUBJECT).of(guardrail.actions)
    assert put
    assert not isinstance(found.answer, Open)
