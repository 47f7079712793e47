"""Posture as it was, what changed since, and how coverage went."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accounts.services import start_crawl
from policies.models import Assessment
from policies.services.recording import record
from tests.factories import TAKEN_AT
from tests.policies.api.conftest import EXAMPLE, Get

pytestmark = pytest.mark.django_db

LOGIN = "prevent-login-profiles"
LATER = TAKEN_AT.replace(day=24)


@pytest.fixture
def detached(posture: Assessment) -> Assessment:
    """A day later nobody is kept from login profiles in Payments any more."""
    attachments = tuple(one for one in EXAMPLE.attachments if one.policy_id != "p-scp00001")
    return record(start_crawl(), replace(EXAMPLE, attachments=attachments, taken_at=LATER))


def test_an_answer_is_as_of_the_moment_that_is_asked_for(detached: Assessment, get: Get) -> None:
    address = f"verdicts?account=100000000001&guardrail={LOGIN}&fields=status"
    assert get(address)["results"][0]["status"] == "missing"
    for moment in ("2026-11-23T12:00:00Z", "2026-11-23T14:00:00+02:00"):
        before = get(f"{address}&as_of={moment}")
        assert before["results"][0]["status"] == "enforced"
        assert before["posture"]["taken_at"] == "2026-11-23T10:00:00Z"
    assert get("policies/p-scp00001?as_of=2026-11-23T12:00:00Z")["targets"]


def test_a_change_names_what_did_it(detached: Assessment, get: Get) -> None:
    [change] = get("changes")["results"]
    assert change["account_name"] == "payments"
    assert change["guardrail"] == LOGIN
    assert change["direction"] == "regression"
    assert change["before"]["status"] == "enforced"
    assert change["after"]["status"] == "missing"
    assert change["at"] == "2026-11-24T10:00:00Z"
    [event] = change["events"]
    assert (event["kind"], event["policy"]["id"]) == ("scp_detached", "p-scp00001")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("direction=regression", 1),
        ("direction=improvement", 0),
        (f"guardrail={LOGIN},protect-cloudtrail", 1),
        ("guardrail=protect-cloudtrail", 0),
        ("account=100000000001", 1),
        ("unit=ou-ab12-00000001", 1),
        ("unit=ou-ab12-00000004", 0),
        ("since=2026-11-24T00:00:00Z", 1),
        ("since=2026-11-25T00:00:00Z", 0),
        ("until=2026-11-24T00:00:00Z", 0),
    ],
)
def test_changes_are_filtered(detached: Assessment, get: Get, query: str, count: int) -> None:
    assert len(get(f"changes?{query}")["results"]) == count


def test_verdicts_that_changed_since_a_moment_are_found(detached: Assessment, get: Get) -> None:
    rows = get("verdicts?changed_since=2026-11-24T00:00:00Z")["results"]
    assert [(row["account_id"], row["guardrail"]) for row in rows] == [("100000000001", LOGIN)]


def test_a_trend_has_a_point_a_day(detached: Assessment, get: Get) -> None:
    rows = get("coverage/trend?days=3&as_of=2026-11-24T12:00:00Z")["results"]
    [login] = [row for row in rows if row["guardrail"] == LOGIN]
    assert [(point["enforced"], point["counted"]) for point in login["points"]] == [(1, 3), (0, 3)]
    below = get("coverage/trend?days=3&as_of=2026-11-24T12:00:00Z&unit=ou-ab12-00000004")
    assert all(point["counted"] == 1 for row in below["results"] for point in row["points"])
    assert get("coverage/trend?days=0", 400)["errors"][0]["parameter"] == "days"
