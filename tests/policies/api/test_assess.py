"""Posture as code: what is sent is judged, and nothing of it is stored."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import Organization
from accounts.snapshot_codec import dumps
from policies.api import assess
from policies.catalogue import GUARDRAIL_IDS
from policies.models import Assessment
from tests.factories import FULL_ACCESS, NO_LOGIN_PROFILES, deny
from tests.policies.api.conftest import EXAMPLE

pytestmark = pytest.mark.django_db

LOGIN = "prevent-login-profiles"
ALLOW = {"content": json.loads(FULL_ACCESS.content or "")}
LEVELS = {
    "account_id": "222222222222",
    "levels": [
        {"policies": [ALLOW, {"name": "No logins", "content": NO_LOGIN_PROFILES}]},
        {"policies": [ALLOW]},
        {"policies": [ALLOW]},
    ],
    "guardrails": [LOGIN],
}


def sent(viewer: Client, body: Any, status: int = 200) -> Any:
    text = body if isinstance(body, bytes | str) else json.dumps(body)
    response = viewer.post("/api/v1/assess", text, content_type="application/json")
    assert response.status_code == status
    return json.loads(response.getvalue())


def test_a_snapshot_is_judged_as_the_command_line_judges_it(viewer: Client) -> None:
    found = sent(viewer, {"snapshot": json.loads(dumps(EXAMPLE))})
    assert found["snapshot"]["organization_id"] == "o-example0001"
    assert found["all_enforced"] is False
    assert len(found["verdicts"]) == 5 * len(GUARDRAIL_IDS)
    first = found["verdicts"][1]
    assert (first["account_id"], first["guardrail"]) == ("100000000001", LOGIN)
    assert first["status"] == "enforced"
    assert not Organization.objects.exists()
    assert not Assessment.objects.exists()


def test_an_account_is_judged_by_the_scps_of_its_levels(viewer: Client) -> None:
    found = sent(viewer, LEVELS)
    assert found["all_enforced"] is True
    [verdict] = found["verdicts"]
    assert verdict["status"] == "enforced"
    assert verdict["evidence"][0]["policy_id"] == "p-level0policy1"
    assert verdict["evidence"][0]["target_id"] == "r-0000"


def test_a_hole_is_shown_with_a_request_that_gets_through(viewer: Client) -> None:
    some = {"content": deny("iam:CreateLoginProfile")}
    levels = [{"policies": [ALLOW]}, {"id": "ou-own-1", "policies": [ALLOW, some]}]
    found = sent(viewer, {**LEVELS, "levels": [*levels, {"policies": [ALLOW]}]})
    assert found["all_enforced"] is False
    [verdict] = found["verdicts"]
    assert verdict["status"] == "partial"
    assert verdict["evidence"][0]["target_id"] == "ou-own-1"
    assert ":222222222222:" in json.dumps(verdict["witnesses"])


def test_parameters_are_those_that_are_sent(viewer: Client) -> None:
    exempt = ["arn:*:iam::*:role/Admin"]
    found = sent(viewer, {**LEVELS, "parameters": {"exempt_principals": exempt}})
    assert found["parameters"]["exempt_principals"] == exempt


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ("{", 400, "JSON parse error"),
        ("[" * 100_000, 400, "nested too deeply"),
        ({}, 400, "Send either `snapshot`, or both"),
        ({"account_id": "222222222222"}, 400, "Send either `snapshot`, or both"),
        ({**LEVELS, "snapshot": {}}, 400, "Send either `snapshot`, or both"),
        ({**LEVELS, "colour": 1}, 400, "“colour” is no member here; known are snapshot, "),
        ({**LEVELS, "guardrails": ["none"]}, 400, "none"),
        ({**LEVELS, "account_id": "22"}, 400, "This value does not match"),
        ({**LEVELS, "parameters": {"colour": 1}}, 422, '"colour" is not one of'),
        ({**LEVELS, "levels": [{}, {}]}, 422, "levels[0].policies: is missing"),
        (
            {**LEVELS, "levels": [{"policies": [{"content": 1}]}, {"policies": []}]},
            422,
            "levels[0].policies[0].content: must be a text",
        ),
        (
            {
                **LEVELS,
                "levels": [
                    {"policies": [{"id": "p-1", "content": "{}"}]},
                    {"policies": [{"id": "p-1", "content": "[]"}]},
                ],
            },
            422,
            'levels[1].policies[0].id: "p-1" has another content',
        ),
        ({"snapshot": {"format": "x"}}, 422, 'format: must be "guardrails-portal'),
    ],
)
def test_what_cannot_be_judged_is_named(viewer: Client, body: Any, status: int, words: str) -> None:
    found = sent(viewer, body, status)
    assert words in found["detail"]


def test_the_wrong_member_is_pointed_at(viewer: Client) -> None:
    found = sent(viewer, {**LEVELS, "guardrails": [LOGIN, "none"]}, 400)
    assert [one["pointer"] for one in found["errors"]] == ["#/guardrails/1"]


def test_too_large_a_body_is_refused(viewer: Client) -> None:
    body = b'{"snapshot": "' + b"x" * assess.MOST_BYTES + b'"}'
    assert "larger than 16 MiB" in sent(viewer, body, 413)["detail"]


def test_what_takes_too_long_is_refused(viewer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assess, "MOST_SECONDS", 0.0)
    assert "Judging took longer than 0 seconds" in sent(viewer, LEVELS, 422)["detail"]


def test_a_third_at_once_is_asked_to_come_again(
    viewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        assess._AT_ONCE.acquire()
    try:
        body = json.dumps(LEVELS)
        refused = viewer.post("/api/v1/assess", body, content_type="application/json")
    finally:
        for _ in range(2):
            assess._AT_ONCE.release()
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "5"
