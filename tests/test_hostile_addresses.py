"""Addresses made to break what answers them: paths, filters and moments that nobody would type.

Every one is answered, by a page or a sentence, and never by 500: the test's browser raises what
a view does not catch. For a long run, `./portal test -k hostile --hypothesis-profile=fuzz`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest
import yaml
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.api.throttling import TokenThrottle
from accounts.services import start_crawl
from guardrails_portal.people.roles import Role
from policies.services.recording import record
from tests.factories import NO_LOGIN_PROFILES, ROOT, TAKEN_AT, Scp, organization
from tests.users import signed_in

pytestmark = pytest.mark.django_db

SCHEMA: Final = Path(__file__).resolve().parents[1] / "docs" / "openapi.yaml"

_FILTER: Final = ("q", "guardrail", "status", "state", "lacks", "reason", "group", "sort", "unit")
# Page → what it is asked by.
PAGES: Final = {
    "/organization/": ("days", "guardrail"),
    "/organization/accounts/": (*_FILTER, "page"),
    "/organization/accounts/heat-map/": _FILTER,
    "/organization/accounts.csv": _FILTER,
    "/organization/accounts.json": _FILTER,
    "/organization/accounts/{}/": ("days", "page"),
    "/organization/guardrails/{}/": ("days", "unit"),
    "/organization/guardrails/{}/{}/": (),
    "/organization/units/": ("unit", "guardrail"),
    "/organization/units/{}/": ("page", "days"),
    "/organization/scps/": ("q", "page"),
    "/organization/scps/{}/": ("page",),
    "/organization/search/": ("q",),
    "/organization/crawls/": ("page",),
    "/organization/crawl/status/": ("shown", "seen"),
    "/organization/changes/": (
        *("guardrail", "direction", "account", "policy", "start", "end", "quiet", "unit", "page"),
    ),
    "/organization/reports/": ("page",),
    "/organization/report-schedules/new/": ("frequency",),
    "/organization/reports/{}/": (),
    "/organization/reports/{}/{}/": (),
    "/parameters/{}/": (),
    "/audit/": ("kind", "actor", "subject", "since", "until", "page"),
    "/connections/{}/": (),
    "/users/{}/": (),
    "/login/": ("next",),
    "/login/with/{}/": ("process", "next"),
    "/login/with/{}/callback/": ("code", "state", "error"),
}
# What a filter may well be asked for, so that the rest of the filter is reached.
GOOD: Final = (
    *("", "1", "2", "payments", "protect-cloudtrail", "missing", "lacking", "ACTIVE", "path"),
    *("-lacks", "unit", ROOT, "ou-ab12-00000001", "100000000001", "p-scp00001", "regression"),
    *("1-0123456789", "90", "2026-11-24", "2026-11-24T10:00:00Z", "on", "o-example0001", "json"),
)
# What nobody means.
HOSTILE: Final = (
    *("\0", "a\0b", "\ud800", "\udcff", "\u202e", "\u2028", "\N{ARABIC-INDIC DIGIT THREE}", "²"),
    *("9" * 19, "9" * 400, "1e400", "-1", "0", "0x10", "+1", " 1", "1_000", "NaN", "Infinity"),
    *("0001-01-01", "9999-12-31", "2026-02-30", "0000-00-00", "10000-01-01", "-0001-01-01"),
    *("9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
    *("%", "_", "\\", "'", '"', "{{ 7 }}", "../..", "//evil.example", "javascript:1", "[]", ":"),
    *("o-otherorg0001", "ou-othr-99999999", "999999999998", "p-otherorg", "x" * 100_000),
    *("%" * 3_000, "\\" * 3_000, "\N{COMBINING ACUTE ACCENT}" * 3_000, "((((((((((a*)*)*)*"),
)
VALUES: Final = st.sampled_from(GOOD) | st.sampled_from(HOSTILE) | st.text(max_size=30)
# The rows stay as they are: every example may meet the same database.
fuzzed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Client:
    """An administrator's, to whom every page is open; there is a posture with a past."""
    cache.clear()
    monkeypatch.setattr(TokenThrottle, "THROTTLE_RATES", {"api": None, "assess": None})
    names = {"payments": "Workloads/Payments", "sandbox": "Sandbox"}
    scp = Scp("No login profiles", NO_LOGIN_PROFILES, at=["Workloads"])
    record(start_crawl(), organization(names))
    record(start_crawl(), organization(names, [scp], taken_at=TAKEN_AT + timedelta(days=1)))
    return signed_in(Role.ADMIN)


def written(value: str) -> str:
    """As a part of an address: with whatever bytes, be they UTF-8 or not."""
    return quote(value.encode("utf-8", "surrogatepass"), safe="")


@st.composite
def addresses(draw: st.DrawFn, known: dict[str, tuple[str, ...]]) -> str:
    path = draw(st.sampled_from(sorted(known)))
    names = [*known[path], "as_of"]
    while "{}" in path:
        path = path.replace("{}", written(draw(VALUES)) or "x", 1)
    asked = draw(st.lists(st.tuples(st.sampled_from(names), VALUES), max_size=4))
    return f"{path}?" + "&".join(f"{name}={written(value)}" for name, value in asked)


@st.composite
def mounts(draw: st.DrawFn) -> str:
    """What may stand before a page's path: an organization, and a moment."""
    organizations = st.sampled_from(["", "/o/o-example0001", "/o/o-otherorg0001", "/o/O-EXAMPLE"])
    moments = st.sampled_from(["", "/at/2026-11-24"]) | VALUES.map(
        lambda one: f"/at/{written(one)}"
    )
    return draw(organizations) + draw(moments)


@given(mount=st.just("") | mounts(), address=addresses(PAGES), by_htmx=st.booleans())
@example(mount="", address="/login/with/%00/", by_htmx=False)
@example(mount="", address="/organization/accounts/%00/", by_htmx=False)
@fuzzed
def test_a_page_answers_whatever_it_is_asked_for(
    browser: Client, mount: str, address: str, by_htmx: bool
) -> None:
    response = browser.get(f"{mount}{address}", headers={"HX-Request": "true"} if by_htmx else {})
    assert response.status_code in {200, 302, 400, 403, 404, 405}
    assert response.getvalue() or response.status_code in {302, 405}


def _of_the_api() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each address of the schema that is read, with its parameters."""
    schema = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))
    for path, methods in schema["paths"].items():
        if "get" in methods:
            given: list[dict[str, Any]] = methods["get"].get("parameters", [])
            plain = "".join("{}" if n % 2 else part for n, part in enumerate(_parts(path)))
            yield plain, tuple(one["name"] for one in given if one["in"] == "query")


def _parts(path: str) -> list[str]:
    """Texts and, between them, what stands in braces."""
    return path.replace("}", "{").split("{")


@given(address=addresses(dict(_of_the_api())))
@example(address="/api/v1/accounts/%0A")
@fuzzed
def test_the_api_answers_whatever_it_is_asked_for(browser: Client, address: str) -> None:
    response = browser.get(address)
    assert response.status_code in {200, 400, 404}
    assert response.getvalue()
    if response.status_code != 200:
        assert response.headers["Content-Type"] == "application/problem+json"
