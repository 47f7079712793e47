"""Reports and their schedules over the API."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from guardrails_portal.people.roles import Role
from policies import report_tasks
from policies.catalogue import GUARDRAIL_IDS
from policies.models import Delivery, Report, ReportSchedule
from policies.services import deliveries
from tests.policies.api.asking import send
from tests.policies.reports.writing import crawled, failed, made, scheduled
from tests.users import signed_in

pytestmark = pytest.mark.django_db
CISO = {"kind": "email", "address": "ciso@example.com"}
HOOK = {"kind": "webhook", "address": "https://192.0.32.10/hook?token=1"}
BOARD: dict[str, Any] = {
    "name": "Board",
    "when": "monthly",
    "day": 31,
    "hour": 7,
    "time_zone": "Europe/Berlin",
    "guardrails": ["protect-cloudtrail"],
    "attachments": ["pdf", "pdf"],
    "recipients": [CISO],
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What the worker was asked to make or to send."""
    found: list[object] = []
    for task in (report_tasks.make_report, report_tasks.deliver_report):
        monkeypatch.setattr(task, "delay", found.append)
    monkeypatch.setattr("django.db.transaction.on_commit", lambda call: call())
    return found


def test_a_schedule_is_made_and_found(operator: Client) -> None:
    crawled()
    made_now = send(operator, "POST", "report-schedules", BOARD, 201)
    schedule = ReportSchedule.objects.get()
    shown = send(operator, "GET", f"report-schedules/{schedule.pk}")
    assert shown == made_now
    assert shown["organization"] == "o-example0001"
    assert (shown["when"], shown["day"], shown["attachments"]) == ("monthly", 31, ["pdf"])
    assert shown["due_at"].endswith("Z")
    assert shown["recipients"] == [
        {"id": schedule.recipients.get().pk, "secret": None, **CISO},
    ]
    assert send(operator, "GET", "report-schedules?active=true")["results"] == [shown]
    assert send(operator, "GET", "report-schedules?active=false")["results"] == []
    assert send(operator, "GET", "report-schedules?organization=o-other")["results"] == []
    entry = AuditEntry.objects.get(kind="report")
    assert (entry.actor, entry.action, entry.subject) == ("operator", "added", "Board")


def test_what_is_not_sent_of_a_schedule_stays(operator: Client) -> None:
    crawled()
    made_now = send(operator, "POST", "report-schedules", BOARD, 201)
    address = f"report-schedules/{made_now['id']}"
    changed = send(operator, "PATCH", address, {"active": False, "name": "Paused"})
    assert changed == made_now | {"active": False, "name": "Paused", "due_at": None}


def test_recipients_that_are_named_again_stay_who_they_are(operator: Client) -> None:
    crawled()
    made_now = send(operator, "POST", "report-schedules", BOARD | {"recipients": [CISO, HOOK]}, 201)
    address = f"report-schedules/{made_now['id']}"
    ciso, hook = made_now["recipients"]
    assert hook["address"] == "https://192.0.32.10/hook"
    assert hook["secret"].startswith("whsec_")
    audit = {"kind": "email", "address": "audit@example.com"}
    changed = send(operator, "PATCH", address, {"recipients": [{"id": hook["id"]}, CISO, audit]})
    assert changed["recipients"][0] == ciso
    assert changed["recipients"][2] == hook
    assert send(operator, "PATCH", address, {"recipients": [HOOK]})["recipients"] == [hook]
    viewer = send(signed_in(Role.VIEWER), "GET", address)
    assert viewer["recipients"] == [hook | {"secret": None}]


@pytest.mark.parametrize(
    ("given", "pointer", "words"),
    [
        ({"recipients": []}, "#/recipients", "at least 1 element"),
        ({"recipients": [CISO] * 51}, "#/recipients", "no more than 50 elements"),
        ({"recipients": [{"id": 7}]}, "#/recipients", "has no recipient 7"),
        ({"recipients": [{"kind": "email"}]}, "#/recipients/0", "both `kind` and `address`"),
        (
            {"recipients": [{"kind": "email", "address": "ciso"}]},
            "#/recipients/0/address",
            "`ciso` is no e-mail address.",
        ),
        (
            {"recipients": [{"kind": "webhook", "address": "https://169.254.169.254/"}]},
            "#/recipients/0/address",
            "169.254.169.254 is an address inside a network",
        ),
        (
            {"recipients": [{"kind": "chat", "address": "syslog://"}]},
            "#/recipients/0/address",
            "is no chat that the portal knows",
        ),
        ({"time_zone": "Mars/Base"}, "#/time_zone", "“Mars/Base” is no time zone"),
        ({"unit_id": "ou-ab12-none0000"}, "#/unit_id", "No unit ou-ab12-none0000"),
        ({"hour": 24}, "#/hour", "less than or equal to 23"),
        ({"when": "hourly"}, "#/when", "is not a valid choice"),
        ({"guardrails": ["none"]}, "#/guardrails/0", "is not a valid choice"),
        ({"organization": 7}, "#/organization", "Write text"),
        ({"cadence": "daily"}, "#/cadence", "is no member here"),
    ],
)
def test_what_is_no_schedule_is_refused_by_its_member(
    operator: Client, given: dict[str, Any], pointer: str, words: str
) -> None:
    crawled()
    found = send(operator, "POST", "report-schedules", BOARD | given, 400)
    assert (pointer, True) in [
        (one["pointer"], words in one["detail"]) for one in found["errors"]
    ], found
    assert not ReportSchedule.objects.exists()


def test_a_schedule_of_no_organization_is_not_found(operator: Client) -> None:
    found = send(operator, "POST", "report-schedules", BOARD, 404)
    assert "Nothing has been crawled yet" in found["detail"]
    crawled()
    body = BOARD | {"organization": "o-nobodyknows"}
    assert "o-nobodyknows" in send(operator, "POST", "report-schedules", body, 404)["detail"]


def test_a_report_is_sent_now_and_its_deliveries_are_followed(
    operator: Client, asked: list[object]
) -> None:
    crawled()
    schedule = scheduled("ciso@example.com")
    sent = send(operator, "POST", f"report-schedules/{schedule.pk}/send", status=202)
    assert (sent["state"], sent["asked"], sent["schedule"]) == ("due", True, schedule.pk)
    assert asked == [sent["id"]]
    delivery = failed(made("ciso@example.com"), "550 No such user here")
    address = f"reports/{delivery.report_id}"
    shown = send(operator, "GET", address)
    assert (shown["state"], shown["recipients"], shown["failed"]) == ("made", 1, 1)
    assert shown["taken_at"] == "2026-11-23T10:00:00Z"
    [one] = shown["deliveries"]
    assert (one["address"], one["state"]) == ("ciso@example.com", "failed")
    assert one["error"] == "550 No such user here"
    send(operator, "POST", f"deliveries/{delivery.pk}/send", status=202)
    assert asked[1:] == [str(delivery.pk)]
    refused = send(operator, "POST", f"deliveries/{delivery.pk}/send", status=409)
    assert "only what failed is sent again" in refused["detail"]
    deliveries.sent(Delivery.objects.get(pk=delivery.pk), delivery.report.created_at)
    assert send(operator, "GET", address)["failed"] == 0


def test_reports_are_listed_and_narrowed(operator: Client) -> None:
    crawled()
    first, second = made("a@example.com"), made("b@example.com", unit_id="ou-gone")
    listed = send(operator, "GET", "reports")["results"]
    assert [one["id"] for one in listed] == [second.pk, first.pk]
    assert listed[0]["error"].startswith("The OU ou-gone is not in the organization")
    for query in ("state=made", f"schedule={first.schedule_id}"):
        assert [one["id"] for one in send(operator, "GET", f"reports?{query}")["results"]] == [
            first.pk
        ]
    assert send(operator, "GET", "reports?schedule=999", status=404)["detail"] == (
        "There is no schedule 999."
    )


def test_a_report_comes_in_every_format(operator: Client) -> None:
    crawled()
    report = made("ciso@example.com")
    for where in (f"reports/{report.pk}/content", f"report-schedules/{report.schedule_id}/preview"):
        found = {
            kind: operator.get(f"/api/v1/{where}", headers={"Accept": kind})
            for kind in ("application/json", "application/pdf", "text/csv", "text/html")
        }
        for kind, response in found.items():
            assert response.status_code == 200
            assert response.headers["Content-Type"].startswith(kind)
            assert response.headers["Content-Disposition"].startswith("attachment; filename=")
        assert (
            json.loads(found["application/json"].getvalue())["organization_id"] == "o-example0001"
        )
        assert found["application/pdf"].getvalue().startswith(b"%PDF-1")
        rows = list(csv.reader(io.StringIO(found["text/csv"].getvalue().decode("utf-8-sig"))))
        assert len(rows) == 1 + len(GUARDRAIL_IDS) * 4
        assert b"Weekly posture" in found["text/html"].getvalue()
        text = operator.get(f"/api/v1/{where}?format=txt").getvalue().decode()
        assert "WEEKLY POSTURE" in text.upper()
        assert operator.get(f"/api/v1/{where}?format=exe").status_code == 404
    assert Report.objects.count() == 1


def test_a_report_that_does_not_change_is_not_sent_again(operator: Client) -> None:
    crawled()
    address = f"/api/v1/reports/{made('ciso@example.com').pk}/content?format=csv"
    first = operator.get(address)
    again = operator.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_what_was_not_made_has_no_content_and_says_where_the_reason_is(operator: Client) -> None:
    crawled()
    report = made("ciso@example.com", unit_id="ou-gone")
    found = send(operator, "GET", f"reports/{report.pk}/content", status=404)
    assert "its `state` and `error` say why" in found["detail"]
    preview = send(operator, "GET", f"report-schedules/{report.schedule_id}/preview", status=404)
    assert "choose another" in preview["detail"]


def test_a_deleted_schedule_leaves_its_reports(operator: Client) -> None:
    crawled()
    report = made("ciso@example.com")
    send(operator, "DELETE", f"report-schedules/{report.schedule_id}", status=204)
    assert send(operator, "GET", f"reports/{report.pk}")["schedule"] is None
    assert not ReportSchedule.objects.exists()


def test_lists_cost_the_same_queries_however_long_they_are(operator: Client) -> None:
    crawled()
    costs = []
    for number in (1, 7):
        for one in range(number):
            made(f"a{one}@example.com", name=f"Schedule {one}")
        for address in ("reports", "report-schedules"):
            with CaptureQueriesContext(connection) as queries:
                send(operator, "GET", address)
            costs.append(len(queries))
    assert costs[:2] == costs[2:]
    assert max(costs) <= 5
