"""What is found of each action, however few steps there are for it and however many Denies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from policies.analysis import asking
from policies.analysis.answers import TOO_LONG, Closed, Finding, Open, Unclear
from policies.analysis.asking import Scenes
from policies.analysis.bearing import Cases
from policies.analysis.evaluation import Decision
from policies.analysis.findings import FAULT, Findings, _disagreement
from policies.analysis.search import Search
from policies.analysis.spaces import Kind
from policies.analysis.verdict import Effect, Evidence
from policies.analysis.walks import STEP_LIMIT, Steps
from tests.policies.analysis.universe import ACCOUNT, GUARDRAIL, SUBJECT
from tests.policies.analysis.writing import EVERYTHING, allow, deny, levels, request

BLOCK = "s3:PutAccountPublicAccessBlock"
PASSWORDS = "iam:UpdateAccountPasswordPolicy"
AS_ROLE = {"aws:PrincipalType": "AssumedRole"}
TEAM = {"aws:PrincipalTag/team": "storage"}


def findings(
    *written: dict[str, Any], steps: int = STEP_LIMIT, actions: tuple[str, ...] = (BLOCK,)
) -> tuple[Finding, ...]:
    guardrail = replace(GUARDRAIL, actions=dict.fromkeys(actions, ()))
    asked = Findings(guardrail, levels([EVERYTHING, *written]), SUBJECT)
    return asked.of(guardrail.actions, steps)


def found_in(*each: list[dict[str, Any]]) -> tuple[Finding, ...]:
    return Findings(replace(GUARDRAIL, actions={BLOCK: ()}), levels(*each), SUBJECT).of({BLOCK: ()})


def of_principals(*patterns: str) -> dict[str, Any]:
    return deny(Condition={"ArnLike": {"aws:PrincipalArn": list(patterns)}})


def of_tags(count: int) -> list[dict[str, Any]]:
    conditions: list[dict[str, Any]] = [
        {"StringEquals": {"aws:PrincipalTag/team": str(n), "aws:RequestedRegion": ["eu-west-1"]}}
        for n in range(count)
    ]
    return [deny(Condition=one) for one in conditions]


ROLES = "arn:aws:iam::*:role/*"
OTHERS = ["arn:aws:iam::*:user/*", "arn:aws:iam::*:root", "arn:aws:sts::*:federated-user/*"]


@pytest.mark.parametrize("count", [0, 3, 60])
def test_however_few_the_steps_nothing_is_closed_that_is_open(count: int) -> None:
    """All roles are stopped by one statement alone, whatever is known of the others."""
    written = [of_principals(ROLES), *of_tags(count)]
    found = [findings(*written, steps=steps)[0] for steps in range(0, 600, 12)]
    assert not any(isinstance(one.answer, Closed) for one in found)
    assert all(one.perhaps_restricted for one in found)
    assert found[0].answer == Unclear((TOO_LONG,))
    assert count == 60 or isinstance(found[-1].answer, Open)


@pytest.mark.parametrize("count", [0, 3, 60])
def test_however_few_the_steps_what_closes_it_is_told(count: int) -> None:
    written = [*of_tags(count), of_principals(ROLES), of_principals(*OTHERS)]
    found = [findings(*written, steps=steps)[0] for steps in range(0, 3_000, 60)]
    closed = [one for one in found if isinstance(one.answer, Closed)]
    assert closed
    assert all(one.restricted and one.perhaps_restricted and one.evidence for one in closed)
    assert not any(one.open_by_colon for one in found)


def test_without_a_step_what_speaks_of_every_request_is_told_alone() -> None:
    (found,) = findings(*of_tags(3), deny(), steps=0)
    assert isinstance(found.answer, Closed)
    assert [one.statement for one in found.evidence] == [4]


def test_however_few_the_steps_what_a_level_closes_is_not_put_down_to_denies() -> None:
    guardrail = replace(GUARDRAIL, actions={BLOCK: ()})
    closed = levels([EVERYTHING, *of_tags(20)], [allow("iam:*")])
    found = [
        Findings(guardrail, closed, SUBJECT).of(guardrail.actions, steps)[0]
        for steps in range(0, 2_400, 40)
    ]
    evidence = {one.evidence for one in found if isinstance(one.answer, Closed)}
    assert evidence == {(Evidence("", -1, None, "level-1", Effect.ALLOW),)}


def test_a_level_that_allows_nothing_is_told_by_its_missing_allow() -> None:
    (found,) = found_in([EVERYTHING], [])
    assert found.evidence == (Evidence("", -1, None, "level-1", Effect.ALLOW),)


def test_what_closes_it_together_is_told_and_what_only_might_is_not() -> None:
    unsure = allow("*:PutAccountPublicAccessBlock")
    roles_alone = allow(Condition={"ArnLike": {"aws:PrincipalArn": ROLES}})
    (found,) = found_in([EVERYTHING, of_principals(ROLES)], [unsure], [roles_alone])
    assert isinstance(found.answer, Closed)
    assert [(one.statement, one.target_id) for one in found.evidence] == [
        (1, "level-0"),
        (-1, "level-2"),
    ]


SIDESTEPPED = deny(
    Condition={"StringNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:*:role/Audit"}}
)


@pytest.mark.parametrize(
    ("others", "sidestepped"),
    [
        ([], True),
        # Enough of them that a few are tried first, which stop all roles.
        ([deny(Condition={"StringEquals": AS_ROLE}), *of_tags(60)], True),
        # Of which it is not sure whether it speaks of the action; of the team it does not.
        ([deny("*:PutAccount*", Condition={"StringNotEquals": TEAM})], True),
        # No Region has such a name.
        ([deny(Condition={"StringNotLike": {"aws:RequestedRegion": "zz-*"}})], False),
        ([of_principals(*OTHERS), of_principals(ROLES)], False),
    ],
)
def test_a_path_with_a_colon_sidesteps_it_only_in_a_request_that_can_be_made(
    others: list[dict[str, Any]], sidestepped: bool
) -> None:
    (found,) = findings(SIDESTEPPED, *others)
    assert isinstance(found.answer, Closed)
    assert found.open_by_colon is sidestepped


@pytest.mark.parametrize(
    ("operator", "key", "spans"),
    [
        ("StringNotLike", "aws:PrincipalArn", True),
        ("StringLikeIfExists", "AWS:principalARN", True),
        ("StringNotEquals", "aws:PrincipalArn", False),
        ("ArnNotLike", "aws:PrincipalArn", False),
        ("StringNotLike", "aws:RequestedRegion", False),
    ],
)
def test_a_colon_is_asked_about_only_where_a_pattern_of_the_principal_may_read_one(
    operator: str, key: str, spans: bool
) -> None:
    asked = deny(Condition={operator: {key: "arn:aws:iam::*:role/Audit"}})
    (case,) = Cases(levels([EVERYTHING, asked])).of_each([BLOCK])
    assert case.spans("aws:principalarn") is spans


IN_REGIONS = [
    deny(Condition={operator: {"aws:RequestedRegion": "eu-*"}})
    for operator in ("StringLike", "StringNotLike")
]


def test_what_closes_it_to_everybody_is_searched_through_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searched = []
    run = Search.run

    def counted(self: Search, *asked: Any) -> Any:
        searched.append(self)
        return run(self, *asked)

    monkeypatch.setattr(Search, "run", counted)
    guardrail = replace(GUARDRAIL, actions={BLOCK: ()})
    for written, times in ((IN_REGIONS, 1), ([of_principals(ROLES), of_principals(*OTHERS)], 4)):
        searched.clear()
        asked = Findings(guardrail, levels([EVERYTHING, *written]), SUBJECT)
        assert isinstance(asked.answers(guardrail.actions, STEP_LIMIT)[BLOCK], Closed)
        assert len(searched) == times


def test_that_all_roles_are_exempt_closes_it_to_nobody_else() -> None:
    parameters = replace(GUARDRAIL.parameters, exempt_principals=("arn:*:iam::*:role/*",))
    guardrail = replace(GUARDRAIL, actions={BLOCK: ()}, parameters=parameters)
    (found,) = Findings(guardrail, levels([EVERYTHING, IN_REGIONS[0]]), SUBJECT).of({BLOCK: ()})
    assert isinstance(found.answer, Open)
    assert found.answer.witness.principal_arn == f"arn:aws:iam::{ACCOUNT}:user/alice"


def test_however_few_the_steps_nobody_is_said_to_sidestep_who_cannot() -> None:
    nowhere = deny(Condition={"StringNotLike": {"aws:RequestedRegion": "zz-*"}})
    found = [findings(SIDESTEPPED, nowhere, steps=steps)[0] for steps in range(0, 6_000, 60)]
    closed = [one for one in found if isinstance(one.answer, Closed)]
    assert closed
    assert not any(one.open_by_colon for one in closed)


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
    (found,) = findings(*of_tags(60), of_principals(*OTHERS), of_principals(ROLES))
    assert isinstance(found.answer, Closed)


@pytest.mark.parametrize("count", [3, 60])
def test_denies_of_which_it_is_not_sure_what_they_say_close_nothing(count: int) -> None:
    """Neither few of many, nor one alone where all together take too long."""
    unsure = [deny(Condition={"StringResembles": {"aws:userid": str(n)}}) for n in range(count)]
    for steps in (*range(0, 600, 60), STEP_LIMIT):
        (found,) = findings(*unsure, deny("?3:Put*"), steps=steps)
        assert isinstance(found.answer, Unclear)


NOBODY = allow(Condition={"StringEquals": {"aws:PrincipalType": "Nobody"}})


@pytest.mark.parametrize(
    ("denied", "allowed", "alone"),
    [
        (of_principals(ROLES), EVERYTHING, True),
        (of_principals(*OTHERS), NOBODY, True),
        (of_principals(*OTHERS), EVERYTHING, False),
        (deny(Condition={"StringEquals": TEAM}), allow(Condition={"StringEquals": TEAM}), False),
    ],
)
def test_for_roles_one_statement_or_level_closes_it_alone(
    denied: dict[str, Any], allowed: dict[str, Any], alone: bool
) -> None:
    found = levels([EVERYTHING, denied], [allowed])
    scenes = Scenes(GUARDRAIL, found, SUBJECT)
    scenes.scope.steps = Steps(STEP_LIMIT)
    (asked,) = (
        one
        for one in scenes.of(BLOCK, (), frozenset(), colons=False)
        if one.scene.kind is Kind.ROLE
    )
    (case,) = Cases(found).of_each([BLOCK])
    assert asked.closed_by_one(case) is alone


def test_actions_of_two_services_are_not_taken_for_one_another() -> None:
    """IAM is called in one Region, Amazon S3 in each."""
    away = deny(Condition={"StringEquals": {"aws:RequestedRegion": "us-east-1"}})
    of_iam, of_s3 = findings(away, actions=(PASSWORDS, BLOCK))
    assert isinstance(of_iam.answer, Closed)
    assert isinstance(of_s3.answer, Open)


@pytest.mark.parametrize("actions", [(PASSWORDS, BLOCK), (BLOCK, PASSWORDS)])
def test_what_a_key_means_for_one_service_says_nothing_of_another(
    actions: tuple[str, str],
) -> None:
    """It is known of requests to Amazon S3 when they carry a key of its own."""
    of_s3 = deny(Condition={"Null": {"s3:TlsVersion": "false"}})
    together = findings(of_s3, actions=actions)
    alone = [findings(of_s3, actions=(one,))[0] for one in actions]
    assert [(type(one.answer), one.restricted, one.doubts) for one in together] == [
        (type(one.answer), one.restricted, one.doubts) for one in alone
    ]
    assert {one.action: bool(one.doubts) for one in together} == {BLOCK: False, PASSWORDS: True}


def test_where_search_and_evaluation_disagree_the_request_is_told() -> None:
    asked = request(BLOCK, "*")
    said = _disagreement(asked, Decision.EXPLICIT_DENY).clause
    assert all(one in said for one in (BLOCK, "`*`", asked.principal_arn, FAULT))


@pytest.mark.parametrize("kept", [1, 100])
def test_however_few_the_steps_what_other_searches_left_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    written = [of_principals(ROLES), *of_tags(3)]
    monkeypatch.setattr(asking, "_MOST_BEGUN", kept)
    for steps in range(0, 400, 4):
        monkeypatch.setattr(asking, "_BEGUN", {})
        first, again = (findings(*written, steps=steps)[0].answer for _ in range(2))
        assert first == again
