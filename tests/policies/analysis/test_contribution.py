"""What a statement by itself does for a guardrail."""

from __future__ import annotations

import json

import pytest

from policies import catalogue
from policies.analysis.contribution import Contribution, contribution, overlap
from policies.analysis.document import parse
from policies.analysis.verdict import Effect


def of(guardrail: str, **statement: object) -> Contribution | None:
    text = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Deny", **statement}})
    (parsed,) = parse("p-1", text)
    return contribution(parsed, catalogue.guardrails(ids=[guardrail])[0])


def test_a_statement_of_other_services_has_nothing_to_do_with_it() -> None:
    assert of("protect-cloudtrail", Action="ec2:*", Resource="*") is None


def test_the_reference_statement_is_complete() -> None:
    found = of("prevent-login-profiles", Action="iam:*", Resource="*")
    assert found is not None
    assert (found.guardrail_id, found.effect) == ("prevent-login-profiles", Effect.DENY)
    assert found.complete
    assert not found.unreached


def test_what_is_left_out_by_name_is_not_spoken_of() -> None:
    found = of("prevent-login-profiles", NotAction="iam:Create*", Resource="*")
    assert found is not None
    assert not found.complete
    assert "iam:CreateLoginProfile" not in found.actions
    assert "iam:UpdateLoginProfile" in found.actions


def test_an_action_without_resource_is_not_reached_by_arns() -> None:
    found = of(
        "prevent-login-profiles",
        Action=["iam:CreateLoginProfile", "iam:UpdateAccountPasswordPolicy"],
        Resource="arn:aws:iam::*:user/*",
    )
    assert found is not None
    assert found.actions == ("iam:CreateLoginProfile",)
    assert found.unreached == ("iam:UpdateAccountPasswordPolicy",)


def test_a_not_resource_reaches_actions_without_resource() -> None:
    found = of("prevent-s3-public-access", Action="s3:*", NotResource="arn:aws:s3:::logs")
    assert found is not None
    assert found.complete


def test_arns_of_another_type_do_nothing_for_it() -> None:
    found = of("prevent-login-profiles", Action="iam:Create*", Resource="arn:aws:iam::*:role/*")
    assert found is None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("*", "arn:aws:s3:::logs", True),
        ("arn:aws:iam::*:role/InfoSec*", "arn:*:iam::1:role/*Sec", True),
        ("arn:aws:iam::*:role/*", "arn:aws:iam::*:user/*", False),
        ("arn:aws:iam::*:role/a?c", "arn:aws:iam::*:role/abc", True),
        ("arn:aws:iam::*:role/a?c", "arn:aws:iam::*:role/abbc", False),
        ("arn:aws:iam::1:role/*b", "arn:aws:iam::*:role/a*", True),
        ("arn:aws-cn:iam::*:role/*", "arn:aws:iam::*:role/*", False),
        ("arn:aws:iam::*:role/a:b*", "arn:aws:iam::*:role/*", True),
        ("arn:aws:iam::*:role/a:b*", "arn:aws:iam::*:role/a:c*:d", False),
    ],
)
def test_patterns_overlap_where_some_arn_matches_both(one: str, other: str, expected: bool) -> None:
    assert overlap(one, other) is expected
    assert overlap(other, one) is expected
