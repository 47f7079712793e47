"""Requests as lines of JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.analysis.request_json import RequestError, account_of, request_from_json
from policies.analysis.verdict import Request

WRITTEN: dict[str, Any] = {
    "action": "iam:DeleteRole",
    "resource": "arn:aws:iam::222222222222:role/a",
    "principal_arn": "arn:aws:iam::222222222222:user/x/alice",
    "context": {"aws:SourceIp": ["10.0.0.1"], "aws:username": "alice", "aws:TagKeys": []},
}


def complaint(**changed: Any) -> str:
    found = {key: value for key, value in (WRITTEN | changed).items() if value is not ...}
    with pytest.raises(RequestError) as caught:
        request_from_json(json.dumps(found))
    return str(caught.value)


def test_a_request_is_read_with_single_values_as_lists() -> None:
    found = request_from_json(json.dumps(WRITTEN))
    assert found == Request(
        WRITTEN["action"],
        WRITTEN["resource"],
        WRITTEN["principal_arn"],
        {"aws:SourceIp": ("10.0.0.1",), "aws:username": ("alice",), "aws:TagKeys": ()},
    )
    assert account_of(found) == "222222222222"


def test_what_is_written_can_be_read_again() -> None:
    found = request_from_json(json.dumps(WRITTEN))
    assert request_from_json(json.dumps(found.to_json())) == found


def test_the_context_may_be_left_out() -> None:
    found = {key: value for key, value in WRITTEN.items() if key != "context"}
    assert request_from_json(json.dumps(found)).context == {}


def test_numbers_and_booleans_of_the_context_are_texts() -> None:
    context = {
        "aws:MultiFactorAuthAge": 300,
        "s3:TlsVersion": 1.20,
        "aws:MultiFactorAuthPresent": [True, False],
    }
    assert request_from_json(json.dumps(WRITTEN | {"context": context})).context == {
        "aws:MultiFactorAuthAge": ("300",),
        "s3:TlsVersion": ("1.2",),
        "aws:MultiFactorAuthPresent": ("true", "false"),
    }


@pytest.mark.parametrize(
    "principal",
    [
        "arn:aws:iam::222222222222:root",
        "arn:aws-us-gov:iam::222222222222:role/a/b:c",
        "arn:aws:sts::222222222222:federated-user/bob",
    ],
)
def test_principals_of_every_kind_are_known(principal: str) -> None:
    found = request_from_json(json.dumps(WRITTEN | {"principal_arn": principal}))
    assert found.principal_arn == principal


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"action": ...}, "action: is missing"),
        ({"action": "iam:*"}, "action: must be an action such as iam:CreateRole"),
        ({"action": 5}, "action: must be an action such as iam:CreateRole"),
        ({"resource": "role/a"}, 'resource: must be an ARN or "*"'),
        (
            {"principal_arn": "arn:aws:sts::222222222222:assumed-role/a/session"},
            (
                "principal_arn: must be the ARN of a root user, user, role "
                "(not of its session) or federated user"
            ),
        ),
        ({"context": []}, "context: must be an object"),
        ({"context": {"a:b": None}}, "context.a:b: must be a text or a list of texts"),
        ({"context": {"a:b": [{}]}}, "context.a:b: must be a text or a list of texts"),
        (
            {"context": {"a:b": "1", "A:B": "1"}},
            "context.A:B: stands twice, since case makes no difference",
        ),
        (
            {"ressource": "*"},
            '"ressource": must be one of action, resource, principal_arn, context',
        ),
    ],
)
def test_a_bad_request_is_told_with_its_place(changed: dict[str, Any], message: str) -> None:
    assert complaint(**changed) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "column 2: not JSON: Expecting property name enclosed in double quotes"),
        ("[]", "must be an object"),
        ("[" * 100_000, "nested too deeply"),
        ("9" * 5_000, "must be an object"),
    ],
)
def test_what_is_no_object_is_told(text: str, message: str) -> None:
    with pytest.raises(RequestError) as caught:
        request_from_json(text)
    assert str(caught.value) == message


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(RequestError):
        request_from_json(text)
