"""What the API refuses, and in which words: every error is a problem of RFC 9457."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from policies.models import Assessment
from tests.policies.api.conftest import Get

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "parameter", "words"),
    [
        ("verdicts?statsu=missing", "statsu", "is no parameter here; known are account, as_of"),
        ("verdicts?unit=", "unit", "is empty; leave it out"),
        ("verdicts?status=missing&status=partial", "status", "is given 2 times"),
        ("verdicts?status=good", "status", "good"),
        ("verdicts?status=,", "status", "separated by commas, none of them empty"),
        ("verdicts?as_of=yesterday", "as_of", "is no ISO 8601 time with a time zone"),
        ("verdicts?as_of=2026-11-23T10:00:00", "as_of", "with a time zone"),
        ("verdicts?as_of=2026-13-23T10:00:00Z", "as_of", "is no ISO 8601 time"),
        ("verdicts?as_of=0001-01-01T00:00:00%2B10:00", "as_of", "is no ISO 8601 time"),
        ("verdicts?changed_since=x", "changed_since", "is no ISO 8601 time"),
        ("verdicts?page_size=0", "page_size", "a whole number from 1 to 1000"),
        ("verdicts?page_size=1e3", "page_size", "a whole number"),
        ("verdicts?page_size=²", "page_size", "a whole number"),
        ("verdicts?page_size=99999999999999999999", "page_size", "a whole number"),
        ("verdicts?ordering=colour", "ordering", "account, -account, path, -path"),
        ("verdicts?ordering=--account", "ordering", "is not one of the choices"),
        ("verdicts?cursor=abc", "cursor", "none that the portal gave"),
        ("verdicts?cursor=%00:x", "cursor", "none that the portal gave"),
        ("verdicts?fields=colour", "fields", "is not one of the choices: "),
        ("verdicts?q=%00", "q", "Null characters are not allowed."),
        ("verdicts?format=csv&page_size=5", "page_size", "Only JSON comes in pages"),
        ("accounts?guardrail=protect-cloudtrail", "guardrail", "together with `status` only"),
    ],
)
def test_a_query_that_makes_no_sense_is_named(
    posture: Assessment, get: Get, address: str, parameter: str, words: str
) -> None:
    found = get(address, 400)
    assert found["status"] == 400
    assert found["title"] == "Bad Request"
    [error] = found["errors"]
    assert error["parameter"] == parameter
    assert words in error["detail"]
    assert found["detail"] == error["detail"]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("verdicts?unit=ou-ab12-99999999", "No unit ou-ab12-99999999 is in the organization."),
        ("verdicts?account=123123123123", "No account 123123123123 is in the organization."),
        ("verdicts?organization=o-nobodyknows", "No organization o-nobodyknows has been crawled."),
        ("verdicts?as_of=2020-01-01T00:00:00Z", "the history reaches back to 23 Nov 2026"),
        ("verdicts?as_of=1420-03-05T05:24:16.097557-16:11", "the history reaches back to"),
        ("changes?account=123123123123", "No account 123123123123 was ever in the organization."),
        ("changes?unit=ou-none", "No unit ou-none was ever in the organization."),
        ("accounts/123123123123", "No account 123123123123 is in the organization."),
        ("accounts/%00", "is no address of the API"),
        ("units/ou-none", "No unit ou-none"),
        ("policies/p-none", "No policy p-none is in the organization."),
        ("policies/p-none/versions", "No policy p-none was ever in the organization."),
        ("guardrails/none", "There is no guardrail none."),
        ("crawls/99999999999999999999", "No Crawl matches"),
        ("colours", "/api/v1/colours is no address of the API"),
        ("", "/api/v1/ is no address of the API"),
    ],
)
def test_what_is_not_there_is_not_found_and_never_an_empty_list(
    posture: Assessment, get: Get, address: str, words: str
) -> None:
    assert words in get(address, 404)["detail"]


def test_before_the_first_crawl_the_answer_says_what_to_do(get: Get) -> None:
    assert get("organizations")["results"] == []
    assert "ask for a crawl" in get("verdicts", 404)["detail"]


def test_problems_have_their_own_media_type(viewer: Client) -> None:
    for address in ("colours", "verdicts?format=csv"):
        refused = viewer.get(f"/api/v1/{address}", headers={"Accept": "text/csv"})
        assert refused.headers["Content-Type"] == "application/problem+json"


def test_a_method_that_an_address_does_not_know_is_refused(viewer: Client, db: None) -> None:
    refused = viewer.delete("/api/v1/organizations")
    assert refused.status_code == 405
    assert refused.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert refused.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("address", ["crawls", "verdicts?format=csv"])
def test_what_may_be_done_at_an_address_is_told(viewer: Client, db: None, address: str) -> None:
    told = viewer.options(f"/api/v1/{address}")
    assert (told.status_code, told.content) == (204, b"")
    assert {"GET", "HEAD", "OPTIONS"} <= set(told.headers["Allow"].split(", "))


def test_a_slash_at_the_end_makes_no_difference(posture: Assessment, get: Get) -> None:
    assert get("coverage/") == get("coverage")


def test_what_has_not_changed_is_not_sent_again(posture: Assessment, viewer: Client) -> None:
    address = "/api/v1/accounts"
    first = viewer.get(address)
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert {"Accept", "Authorization", "Cookie"} <= set(first.headers["Vary"].split(", "))
    known = viewer.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (known.status_code, known.content) == (304, b"")
    since = first.headers["Last-Modified"]
    assert since == "Mon, 23 Nov 2026 10:00:00 GMT"
    assert viewer.get(address, headers={"If-Modified-Since": since}).status_code == 304
    other = viewer.get(
        f"{address}?state=SUSPENDED", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert other.status_code == 200


# One for the session, one for the user, one for the assessment; the rest is the resource's own.
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("organizations", 3),
        ("units", 4),
        ("accounts", 5),
        ("accounts?status=lacking&unit=r-ab12", 6),
        ("accounts/100000000001", 8),
        ("policies", 7),
        ("policies?fields=name,content", 4),
        ("policies/p-scp00001/versions", 5),
        ("guardrails", 3),
        ("verdicts", 4),
        ("coverage", 3),
        ("coverage?unit=r-ab12", 5),
        ("crawls", 3),
    ],
)
def test_an_answer_takes_few_queries_whatever_its_size(
    posture: Assessment, get: Get, address: str, queries: int
) -> None:
    with CaptureQueriesContext(
        connection,
    ) as taken:
        get(address)
    assert len(taken) == queries, "\n".join(one["sql"][:300] for one in taken)
