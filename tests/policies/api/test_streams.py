"""All verdicts at once: CSV for spreadsheets, NDJSON for programs."""

from __future__ import annotations

import csv
import json

import pytest
from django.test import Client

from policies.catalogue import GUARDRAIL_IDS
from policies.models import Assessment
from tests.policies.api.conftest import Get

pytestmark = pytest.mark.django_db


def stream(viewer: Client, query: str = "", **headers: str) -> list[str]:
    response = viewer.get(f"/api/v1/verdicts{query}", headers=headers)
    assert response.status_code == 200
    return response.getvalue().decode().splitlines()


def test_ndjson_has_the_rows_of_all_pages(posture: Assessment, viewer: Client, get: Get) -> None:
    lines = stream(viewer, Accept="application/x-ndjson")
    assert [json.loads(line) for line in lines] == get("verdicts")["results"]
    narrow = stream(viewer, "?format=ndjson&fields=status&status=enforced")
    assert {"account_id", "guardrail", "status"} == json.loads(narrow[0]).keys()


def test_csv_has_a_line_for_each_and_no_formula(posture: Assessment, viewer: Client) -> None:
    rows = list(csv.DictReader(stream(viewer, "?state=SUSPENDED", Accept="text/csv")))
    assert len(rows) == len(GUARDRAIL_IDS)
    assert rows[0]["account_name"] == "'=cmd()"
    assert rows[0]["unit_path"] == "Workloads 2"
    assert {row["status"] for row in rows} == {"missing"}


def test_csv_has_the_columns_that_are_asked_for(posture: Assessment, viewer: Client) -> None:
    query = "?format=csv&fields=open_actions,witnesses&account=100000000001"
    rows = list(csv.DictReader(stream(viewer, query)))
    assert [*rows[0]] == ["guardrail", "open_actions", "witnesses", "account_id"]
    opened = next(row for row in rows if row["guardrail"] == "protect-cloudtrail")
    assert "cloudtrail:StopLogging" in opened["open_actions"].split(" ")
    assert json.loads(opened["witnesses"])[0]["action"] in opened["open_actions"]


def test_a_stream_that_is_known_is_not_sent_again(posture: Assessment, viewer: Client) -> None:
    address = "/api/v1/verdicts?format=csv"
    first = viewer.get(address)
    assert first.headers["Content-Type"] == "text/csv; charset=utf-8"
    known = viewer.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert known.status_code == 304
