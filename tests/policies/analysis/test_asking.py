"""Why an action is open or unclear: what is stopped, what is not met, and by which Allow."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from policies.analysis.answers import Doubt, Finding, Open, Unclear
from policies.analysis.findings import Findings
from policies.analysis.guardrail import Parameters
from policies.analysis.hierarchy import Level, Levels, Unreadable
from policies.analysis.subject import Subject
from tests.policies.analysis.universe import GUARDRAIL, SUBJECT
from tests.policies.analysis.writing import EVERYTHING, allow, deny, levels

STOP, PASSWORDS, DELETE = GUARDRAIL.actions
BY_TEAM = {"StringEquals": {"aws:PrincipalTag/team": "storage"}}
AS_ROLE = {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}
UNKNOWN = {"StringResembles": {"aws:PrincipalTag/team": "x"}}
# Where there is none.
IN_ZZ = {"StringLike": {"aws:RequestedRegion": "zz-*"}}
NOT_IN_ZZ = {"StringNotLike": {"aws:RequestedRegion": "zz-*"}}
VIRGINIA = "arn:aws:cloudtrail:us-east-1:*:trail/*"


def finding(
    attached: Levels, action: str = STOP, subject: Subject = SUBJECT, **parameters: Any
) -> Finding:
    guardrail = replace(GUARDRAIL, parameters=Parameters(**parameters))
    (found,) = Findings(guardrail, attached, subject).of({action: guardrail.actions[action]})
    return found


def opened(*each: list[dict[str, Any]], action: str = STOP) -> Open:
    answer = finding(levels(*each), action).answer
    assert isinstance(answer, Open)
    return answer


def stopped(*each: list[dict[str, Any]], action: str = STOP) -> tuple[bool, bool]:
    """Whether some request is stopped: surely, perhaps; while some other gets through."""
    found = finding(levels(*each), action)
    assert isinstance(found.answer, Open)
    return found.restricted, found.perhaps_restricted


@pytest.mark.parametrize(
    ("denied", "surely", "perhaps"),
    [
        (deny(Condition=BY_TEAM), True, True),
        # Of those alone who are exempt.
        (
            deny(Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/InfoSec"}}),
            False,
            False,
        ),
        (deny("iam:*"), False, False),
        (deny(Condition=BY_TEAM | IN_ZZ), False, True),
        (deny("*:StopLogging", Condition=BY_TEAM), False, True),
        # By AWS's documentation a trail is asked for in its own Region.
        (
            deny(
                resource=VIRGINIA, Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
            ),
            False,
            True,
        ),
    ],
)
def test_a_deny_stops_what_is_sent_and_perhaps_what_may_be(
    denied: dict[str, Any], surely: bool, perhaps: bool
) -> None:
    assert stopped([EVERYTHING, denied]) == (surely, perhaps)


@pytest.mark.parametrize(
    ("allowed", "surely", "perhaps"),
    [
        ([allow(Condition=AS_ROLE)], True, True),
        ([allow("iam:*"), allow(Condition=AS_ROLE)], True, True),
        ([allow(Condition=AS_ROLE), allow()], False, False),
        ([allow(Condition=AS_ROLE), allow(Condition=UNKNOWN)], False, True),
        ([allow(Condition=AS_ROLE), allow("*:StopLogging")], False, True),
        ([allow(Condition=NOT_IN_ZZ)], False, True),
        (
            [
                allow(Condition={"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}),
                allow(resource=VIRGINIA),
            ],
            False,
            True,
        ),
    ],
)
def test_a_level_stops_what_is_sent_and_perhaps_what_may_be(
    allowed: list[dict[str, Any]], surely: bool, perhaps: bool
) -> None:
    assert stopped([EVERYTHING], allowed) == (surely, perhaps)


def test_a_policy_that_cannot_be_read_makes_its_own_level_unsure_and_no_other() -> None:
    (plain, narrow) = levels([EVERYTHING], [allow(Condition=AS_ROLE)])
    unread = replace(narrow, unreadable=(Unreadable("p-x", "policy p-x: no JSON"),))
    below = replace(narrow, target_id="level-2")
    for attached, restricted in (((plain, unread), False), ((plain, unread, below), True)):
        found = finding(attached)
        assert found.answer == Unclear((Doubt("policy p-x: no JSON"),))
        assert (found.restricted, found.perhaps_restricted) == (restricted, True)
        assert [one.target_id for one in found.evidence] == ["level-2"] * restricted


def test_of_each_deny_the_first_part_is_told_that_the_request_does_not_meet() -> None:
    both = {"StringEquals": {"aws:PrincipalTag/team": "storage", "aws:PrincipalTag/a": "b"}}
    as_role = {"StringEquals": {"aws:PrincipalType": "AssumedRole"}} | {
        "StringLike": {"aws:PrincipalTag/team": "*"}
    }
    other = {"StringEquals": {"aws:PrincipalTag/a": "b"}}
    denies = [deny(Condition=one) for one in (both, as_role, other)]
    answer = opened([EVERYTHING, *denies])
    assert [(one.evidence.statement, one.part.variable) for one in answer.holes] == [
        (1, "aws:principaltag/team"),
        (2, "aws:principaltag/team"),
        (3, "aws:principaltag/a"),
    ]


def test_what_the_request_meets_leaves_no_hole() -> None:
    tagged = {"StringLike": {"aws:PrincipalTag/team": "*"}}
    answer = opened(
        [
            EVERYTHING,
            deny(Condition={"Null": {"aws:PrincipalTag/team": "true"}}),
            deny(Condition=tagged | {"StringEquals": {"aws:PrincipalTag/a": "b"}}),
        ]
    )
    assert [one.part.variable for one in answer.holes] == [
        "aws:principaltag/team",
        "aws:principaltag/a",
    ]


def test_for_each_level_that_lets_not_all_pass_one_allow_is_told_that_lets_the_request() -> None:
    narrow = [
        allow("iam:*"),
        allow(Condition={"StringEquals": {"aws:PrincipalTag/none": "such"}} | IN_ZZ),
        allow(Condition=UNKNOWN),
        allow("*:StopLogging"),
        allow(Condition=AS_ROLE),
        allow("cloudtrail:Stop*", Condition=AS_ROLE),
    ]
    answer = opened([EVERYTHING], narrow, [allow(Condition=NOT_IN_ZZ)])
    assert [(one.target_id, one.statement) for one in answer.allowed_by] == [
        ("level-1", 4),
        ("level-2", 0),
    ]


def test_where_no_deny_speaks_of_what_is_sent_it_is_told_of_what_it_speaks() -> None:
    found = finding(levels([EVERYTHING, deny(Condition=BY_TEAM | IN_ZZ), deny("iam:*")]))
    assert found.perhaps_restricted
    (doubt,) = found.doubts
    assert doubt.clause == "by AWS's documentation no request is sent that it speaks of"
    assert doubt.evidence is not None
    assert doubt.evidence.statement == 1
    assert doubt.words == (
        "StringEquals aws:PrincipalTag/team `storage` and StringLike aws:RequestedRegion `zz-*`"
    )


def test_each_statement_of_which_it_is_not_sure_what_it_says_is_told_by_its_first_such_part() -> (
    None
):
    twice = deny(Condition=BY_TEAM | UNKNOWN | {"StringEqualish": {"aws:UserAgent": "x"}})
    found = finding(levels([EVERYTHING, twice, deny("*:StopLogging"), deny(Condition=BY_TEAM)]))
    assert isinstance(found.answer, Unclear)
    said = [one for one in found.answer.points if isinstance(one, Doubt) and one.evidence]
    assert [(one.evidence.statement, one.words) for one in said if one.evidence] == [
        (1, "StringResembles aws:PrincipalTag/team `x`"),
        (2, ""),
    ]
    assert [one.clause for one in said] == [
        "the portal does not know the operator `StringResembles`",
        "AWS does not say whether wildcards may stand for a service",
    ]


def test_with_colons_in_scope_a_path_that_holds_one_gets_through() -> None:
    sidestepped = deny(
        Condition={"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/InfoSec*"}}
    )
    answer = finding(levels([EVERYTHING, sidestepped]), colon_paths=True).answer
    assert isinstance(answer, Open)
    assert ":role/InfoSec" in answer.witness.principal_arn.removeprefix("arn:aws:iam::")


def test_of_all_that_it_can_be_called_on_each_kind_is_asked_about() -> None:
    iam = "arn:${Partition}:iam::${Account}:"
    on_both = {DELETE: (f"{iam}role/a*", f"{iam}role/b*")}
    for closed in ("a", "b"):
        attached = levels([EVERYTHING, deny(resource=f"arn:aws:iam::*:role/{closed}*")])
        (found,) = Findings(GUARDRAIL, attached, SUBJECT).of(on_both)
        assert isinstance(found.answer, Open)
        assert f":role/{closed}" not in found.answer.witness.resource


def test_where_nothing_is_in_the_way_each_action_is_asked_for_on_what_it_can_be() -> None:
    found = Findings(GUARDRAIL, levels([EVERYTHING]), SUBJECT).of(GUARDRAIL.actions)
    resources = [one.answer.witness.resource for one in found if isinstance(one.answer, Open)]
    assert resources == [
        "arn:aws:cloudtrail:us-east-1:222222222222:trail/management-events",
        "*",
        "arn:aws:iam::222222222222:role/InfoSecAudit",
    ]


def test_what_can_be_sent_later_is_not_asked_of_what_could_be_sent_before() -> None:
    day = timedelta(days=30)
    until = f"{SUBJECT.since + day:%Y-%m-%dT%H:%M:%SZ}"
    attached = levels([EVERYTHING, deny(Condition={"DateGreaterThan": {"aws:CurrentTime": until}})])
    before = finding(attached)
    after = finding(attached, subject=replace(SUBJECT, since=SUBJECT.since + 3 * day))
    assert isinstance(before.answer, Open)
    assert not isinstance(after.answer, Open)


def test_a_level_without_any_statement_is_named() -> None:
    found = finding((*levels([EVERYTHING]), Level("ou-1", ())))
    assert [one.target_id for one in found.evidence] == ["ou-1"]
