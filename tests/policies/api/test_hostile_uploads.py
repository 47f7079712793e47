"""Snapshots made to break what reads them: none answers 500, hangs, or is taken for what it is not.

For a long run, `./portal test -k hostile --hypothesis-profile=fuzz`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.api.throttling import TokenThrottle
from accounts.snapshot_codec import as_json
from policies.api import assess
from policies.services import assessing
from tests.factories import NO_LOGIN_PROFILES, Scp, organization
from tests.policies.api.test_assess import LEVELS

pytestmark = pytest.mark.django_db

SNAPSHOT: Final = as_json(
    organization({"payments": "Workloads"}, [Scp("No login profiles", NO_LOGIN_PROFILES)])
)
# What an answer may be: judged, no JSON, too large, no snapshot.
ANSWERS: Final = {200, 400, 413, 422}
# The database is only asked who sends; nothing is stored that could be left over.
fuzzed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
JSON: Final = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["*", "", "\0", "\ud800", "x" * 20_000, "?" * 3_000, 10**400, -0.0]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(TokenThrottle, "THROTTLE_RATES", {"api": "1000/s", "assess": "1000/s"})
    monkeypatch.setattr(assess, "MOST_SECONDS", 2.0)


def answer(viewer: Client, body: bytes | str) -> int:
    """The status; what is refused is refused by a sentence, and what is not has verdicts."""
    response = viewer.post("/api/v1/assess", body, content_type="application/json")
    found = json.loads(response.getvalue())
    assert response.status_code in ANSWERS, found
    assert found["verdicts"] is not None if response.status_code == 200 else found["detail"]
    return response.status_code


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where each part of a JSON value stands."""
    yield path
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for key, one in inner:
            yield from places(one, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    if not path:
        return other
    found = deepcopy(value)
    inside = found
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = other
    return found


BODIES: Final = [{"snapshot": SNAPSHOT}, LEVELS]
PLACES: Final = [(number, path) for number, body in enumerate(BODIES) for path in places(body)]


@given(place=st.sampled_from(PLACES), other=JSON)
@fuzzed
def test_a_part_of_a_snapshot_may_be_anything(viewer: Client, place: Any, other: Any) -> None:
    number, path = place
    answer(viewer, json.dumps(replaced(BODIES[number], path, other)))


@given(text=st.recursive(JSON, lambda inner: st.lists(inner, max_size=3), max_leaves=6))
@fuzzed
def test_the_text_of_an_scp_may_be_anything(viewer: Client, text: Any) -> None:
    statement = {"Effect": "Deny", "Action": text, "Resource": "*", "Condition": text}
    for content in (json.dumps(text), json.dumps({"Statement": text}), {"Statement": [statement]}):
        levels = [{"policies": [{"content": content}]}, {"policies": []}]
        answer(viewer, json.dumps({"account_id": "222222222222", "levels": levels}))


@given(cut=st.integers(0, 400), junk=st.binary(max_size=12))
@fuzzed
def test_bytes_that_are_no_json_are_refused(viewer: Client, cut: int, junk: bytes) -> None:
    whole = json.dumps(LEVELS).encode()
    answer(viewer, whole[:cut] + junk + whole[cut + len(junk) :])


@pytest.mark.parametrize("depth", [900, 100_000])
def test_nesting_without_end_is_refused(viewer: Client, depth: int) -> None:
    nested = "[" * depth + "]" * depth
    for body in (
        nested,
        f'{{"snapshot": {nested}}}',
        json.dumps({**LEVELS, "levels": [{"policies": [{"content": nested}]}, {"policies": []}]}),
        json.dumps(LEVELS).replace('"Effect"', f'"Deep": {nested}, "Effect"', 1),
    ):
        assert answer(viewer, body) in {200, 400, 422}


@pytest.mark.parametrize("policies", [30_000, 1])
def test_more_scps_on_a_target_than_aws_holds_are_refused_before_they_are_judged(
    viewer: Client, monkeypatch: pytest.MonkeyPatch, policies: int
) -> None:
    monkeypatch.setattr(assessing, "assess", lambda *_: pytest.fail("it was judged"))
    statement = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    content = json.dumps({"Statement": [statement] * (30_000 // policies)})
    levels = [{"policies": [{"content": content}] * policies}, {"policies": []}]
    body = {"account_id": "222222222222", "levels": levels}
    response = viewer.post("/api/v1/assess", body, content_type="application/json")
    assert response.status_code == 422
    assert "AWS lets no target have more than 102,400" in response.json()["detail"]
