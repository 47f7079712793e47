"""Which actions and resources a statement speaks of."""

from __future__ import annotations

from typing import Any

import pytest

from policies.analysis.kleene import Open, Truth, opened
from policies.analysis.targets import action_truth, resource_truth
from policies.analysis.variables import Context
from tests.policies.analysis.writing import deny, statements

ROLE = "arn:aws:iam::222222222222:role/InfoSecAudit"


def action(patterns: Any, name: str, element: str = "Action") -> Truth:
    (one,) = statements({"Effect": "Deny", element: patterns, "Resource": "*"})
    return action_truth(one, name)


def resource(
    patterns: Any, arn: str, element: str = "Resource", context: Context | None = None
) -> Truth:
    (one,) = statements({"Effect": "Deny", "Action": "*", element: patterns})
    return resource_truth(one, arn, context or {})


@pytest.mark.parametrize(
    "pattern",
    [
        "*",
        "iam:*",
        "iam:CreateLoginProfile",
        "IAM:createloginprofile",
        "iam:*LoginProfile",
        "iam:CreateLoginProfil?",
    ],
)
def test_actions_match_by_wildcard_in_any_case(pattern: str) -> None:
    assert action(pattern, "iam:CreateLoginProfile") is True
    assert action(pattern, "iam:CreateLoginProfile", "NotAction") is False


@pytest.mark.parametrize("pattern", ["iam", "CreateLoginProfile", "iam:Create", "s3:*", "", "?:*"])
def test_other_actions_do_not_match(pattern: str) -> None:
    assert action(pattern, "iam:CreateLoginProfile") is False
    assert action(pattern, "iam:CreateLoginProfile", "NotAction") is True


@pytest.mark.parametrize("pattern", ["*:*", "i*", "ia?:*", "*:CreateRole", "iam*"])
def test_whether_a_wildcard_stands_for_services_is_open(pattern: str) -> None:
    point = f"AWS does not say whether `{pattern.lower()}` may stand for several services"
    assert action(pattern, "iam:CreateRole") == opened(point)
    assert isinstance(action(pattern, "iam:CreateRole", "NotAction"), Open)
    assert action(["iam:CreateRole", pattern], "iam:CreateRole") is True


@pytest.mark.parametrize("pattern", ["*", "**"])
def test_stars_alone_cover_everything(pattern: str) -> None:
    for arn in ("*", ROLE):
        assert resource(pattern, arn) is True
        assert resource(pattern, arn, "NotResource") is False


@pytest.mark.parametrize(
    "pattern", ["arn:aws:iam::*:user/*", "arn:aws:s3:::*", "arn:*", "?", "*:*", "X*", ""]
)
def test_an_action_without_resources_is_reached_by_stars_alone(pattern: str) -> None:
    assert resource(pattern, "*") is False
    assert resource(pattern, "*", "NotResource") is True


@pytest.mark.parametrize(
    "pattern",
    [
        ROLE,
        "arn:*:iam::*:role/InfoSec*",
        "arn:aws:iam::??????222222:role/*",
        "arn:aws:iam::*:*",
    ],
)
def test_resources_match_component_by_component(pattern: str) -> None:
    assert resource(pattern, ROLE) is True
    assert resource(pattern, ROLE, "NotResource") is False


@pytest.mark.parametrize(
    "pattern",
    [
        "arn:aws-cn:iam::*:role/InfoSec*",
        "arn:aws:iam::333333333333:role/InfoSec*",
        "arn:aws:iam::*:role/infosec*",
        "arn:aws:iam::*:role/InfoSec",
        "InfoSec",
    ],
)
def test_other_resources_do_not_match(pattern: str) -> None:
    assert resource(pattern, ROLE) is False
    assert resource(pattern, ROLE, "NotResource") is True


@pytest.mark.parametrize(
    ("pattern", "point"),
    [
        ("arn:aws:*", "AWS admits no wildcard for the service, as in `arn:aws:*`"),
        ("arn:*", "AWS admits no wildcard for the service, as in `arn:*`"),
        ("arn:aws:i?m::*:role/*", "AWS admits no wildcard for the service"),
        (
            "arn:aws:iam::222222222222",
            "AWS does not say whether the short ARN `arn:aws:iam::222222222222` is completed",
        ),
        # Of identity policies AWS says that the fields lacking may be anything, of SCPs nothing.
        ("arn:aws:iam::*", "AWS does not say whether the short ARN `arn:aws:iam::*` is completed"),
        ("arn:aws:iam:*", "AWS does not say whether the short ARN `arn:aws:iam:*` is completed"),
        ("arn:aws:iam::*/InfoSec*", "AWS does not say whether the short ARN"),
        ("arn:aws:iam:*:InfoSecAudit", None),
        ("arn:aws:iam:*:*:*:role/x", None),
    ],
)
def test_resources_that_match_under_some_reading_are_open(pattern: str, point: str | None) -> None:
    found = resource(pattern, ROLE)
    if point is None:
        assert found is False
    else:
        assert isinstance(found, Open)
        assert found.points[0].startswith(point)
        assert isinstance(resource(pattern, ROLE, "NotResource"), Open)


def test_variables_stand_for_values_in_the_last_component() -> None:
    pattern = "arn:aws:iam::*:role/${aws:PrincipalTag/team}*"
    assert resource(pattern, ROLE, context={"aws:principaltag/team": ("InfoSec",)}) is True
    assert resource(pattern, ROLE, context={"aws:principaltag/team": ("Dev",)}) is False


def test_a_point_quotes_the_pattern_as_it_is_written() -> None:
    pattern = "arn:aws:i?m::*:role/${aws:PrincipalTag/team}*"
    assert resource(pattern, ROLE, context={"aws:principaltag/team": ("InfoSec",)}) == opened(
        f"AWS admits no wildcard for the service, as in `{pattern}`"
    )


def test_a_variable_without_value_matches_no_resource() -> None:
    pattern = "arn:aws:iam::*:role/${aws:PrincipalTag/team}*"
    assert resource(pattern, ROLE) is False
    assert resource(pattern, ROLE, "NotResource") == opened(
        "AWS does not say what NotResource with an absent `aws:PrincipalTag/team` means"
    )
    assert isinstance(resource("arn:aws:iam::*:role/${", ROLE), Open)


def test_whether_variables_stand_before_the_fifth_colon_is_open() -> None:
    pattern = "arn:aws:iam::${aws:PrincipalAccount}:role/*"
    own: Context = {"aws:principalaccount": ("222222222222",)}
    other: Context = {"aws:principalaccount": ("3",)}
    assert isinstance(resource(pattern, ROLE, context=own), Open)
    assert resource(pattern, ROLE, context=other) is False
    assert resource(pattern, ROLE, "NotResource", other) == opened(
        f"AWS admits policy variables after the fifth colon alone, unlike in `{pattern}`"
    )
    # One more that stands where it may makes up for it no more than a value that fits.
    both = "arn:aws:iam::${aws:PrincipalAccount}:role/${aws:PrincipalTag/team}*"
    assert resource(both, ROLE, context={**own, "aws:principaltag/team": ("InfoSec",)}) == opened(
        f"AWS admits policy variables after the fifth colon alone, unlike in `{both}`"
    )


def test_without_the_version_that_knows_variables_they_are_plain_text() -> None:
    arn = "arn:aws:iam::222222222222:role/${aws:username}"
    (one,) = statements(deny(resource=arn), version=None)
    assert resource_truth(one, arn, {"aws:username": ("bob",)}) is True


def test_whether_a_star_crosses_a_colon_is_open() -> None:
    found = resource(
        "arn:aws:iam::*:role/InfoSec*", "arn:aws:iam::222222222222:user/a:role/InfoSecAudit"
    )
    assert isinstance(found, Open)
    assert found.points[0].startswith("AWS does not say whether `*` crosses a colon")
