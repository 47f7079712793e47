"""The pages of reports: who may do what, what they say, what they never let through."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import AuditEntry
from accounts.services import start_crawl
from guardrails_portal.people.roles import Role
from policies.models import Delivery, Report, ReportSchedule, UnitVersion
from policies.reports.making import report_address
from policies.services import deliveries
from policies.services.recording import record
from policies.views import unit_field
from tests.factories import organization
from tests.policies.reports.writing import crawled, failed, made, posture, recipient, scheduled
from tests.users import page, signed_in

pytestmark = pytest.mark.django_db

LIST = reverse("policies:reports")
NEW = reverse("policies:new-report-schedule")
OVERVIEW = reverse("policies:overview")
EVIL = "<script>alert(1)</script>\"'&{{ 7|add:7 }}"
FIELDS: dict[str, Any] = {
    "name": "Monday posture",
    "when": "weekly",
    "hour": "8",
    "weekday": "0",
    "day": "1",
    "time_zone": "Europe/Berlin",
    "unit_id": "",
    "attachments": ["pdf"],
    "active": "on",
    "emails": "ciso@example.com\n\n audit@example.com \nciso@example.com",
}


def url(name: str, *arguments: object) -> str:
    return reverse(f"policies:{name}", args=arguments)


def test_an_operator_adds_a_schedule_and_the_audit_log_says_so(operator: Client) -> None:
    crawled()
    response = operator.post(NEW, FIELDS)
    schedule = ReportSchedule.objects.get()
    assert response.headers["Location"] == url("report-schedule", schedule.pk)
    assert [one.address for one in schedule.recipients.all()] == [
        "ciso@example.com",
        "audit@example.com",
    ]
    assert schedule.due_at is not None
    found = page(operator, url("report-schedule", schedule.pk))
    assert "Mondays at 08:00, Europe/Berlin" in found
    assert "ciso@example.com" in found
    entry = AuditEntry.objects.get(kind="report")
    assert (entry.actor, entry.action, entry.subject) == ("operator", "added", "Monday posture")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"emails": "", "chats": ""}, "Name at least one recipient."),
        ({"emails": "ciso"}, "`ciso` is no e-mail address."),
        ({"emails": "\n".join(f"a{n}@example.com" for n in range(51))}, "Name 50 recipients at"),
        ({"time_zone": "Mars/Base"}, "Select a valid choice."),
        ({"hour": "24"}, "Select a valid choice."),
        ({"day": "32"}, "less than or equal to 31"),
        ({"name": ""}, "This field is required."),
        ({"unit_id": "ou-none"}, "Select a valid choice."),
        ({"guardrails": ["none"]}, "Select a valid choice."),
        ({"webhooks": "ftp://example.com"}, "is no web address"),
        ({"webhooks": "http://example.com/"}, "write an https:// address"),
        ({"webhooks": "https://me:secret@example.com/"}, "holds no name and password"),
        ({"webhooks": "https://127.0.0.1/"}, "127.0.0.1 is an address inside a network"),
        ({"webhooks": "https://[::ffff:169.254.169.254]/"}, "is an address inside a network"),
        ({"webhooks": "https://localhost/"}, "is an address inside a network"),
        ({"webhooks": "https://2130706433/"}, "is an address inside a network"),
        ({"chats": "syslog://"}, "is no chat that the portal knows"),
        ({"chats": "json://example.com"}, "is no chat that the portal knows"),
        ({"chats": "mailtos://a:b@example.com"}, "is no chat that the portal knows"),
        ({"chats": "mmost://example.com/abcdefghijklmnop"}, "would be read on the way"),
        ({"chats": "mmosts://10.0.0.1/abcdefghijklmnop"}, "is an address inside a network"),
        ({"chats": "slack://T1/B1/x?template=/etc/passwd"}, "`template` is not allowed"),
        ({"chats": "slack://T1/B1/x?verify=no"}, "`verify` is not allowed"),
    ],
)
def test_what_makes_no_schedule_is_named_and_nothing_is_kept(
    operator: Client, fields: dict[str, Any], sentence: str
) -> None:
    crawled()
    response = operator.post(NEW, FIELDS | fields)
    assert response.status_code == 400
    assert sentence in response.content.decode().replace("&#x27;", "'")
    assert not ReportSchedule.objects.exists()


def test_a_report_of_an_ou_begins_on_the_page_of_the_ou(operator: Client) -> None:
    assessment = crawled()
    unit = UnitVersion.objects.at(assessment).exclude(parent_aws_id="").first()
    assert unit
    address = f"{NEW}?unit={unit.aws_id}"
    assert address in page(operator, url("unit", unit.aws_id))
    assert f'<option value="{unit.aws_id}" selected>' in page(operator, address)
    assert "The OU ou-none is not in" in page(operator, f"{NEW}?unit=ou-none", 404)


def test_of_many_ous_the_form_lists_some_and_takes_every_one(
    operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unit_field, "_MOST", 2)
    names = {f"account-{n}": f"Unit {n}/Below" for n in range(4)}
    record(start_crawl(), organization(names))
    last = UnitVersion.objects.get(display_path="Unit 3 / Below")
    shown = page(operator, NEW)
    assert shown.count("Unit ") == 2
    assert "Deeper OUs have a page of their own" in shown
    assert "more: begin a report on the OU's page" in shown.replace("&#x27;", "'")
    operator.post(NEW, FIELDS | {"unit_id": last.aws_id})
    schedule = ReportSchedule.objects.get()
    assert schedule.unit_id == last.aws_id
    changing = page(operator, url("change-report-schedule", schedule.pk))
    assert f'<option value="{last.aws_id}" selected>Unit 3 / Below</option>' in changing
    assert operator.post(NEW, FIELDS | {"unit_id": "None"}).status_code == 400


def test_a_chat_is_kept_and_shown_without_its_token(operator: Client) -> None:
    crawled()
    address = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
    operator.post(NEW, FIELDS | {"chats": address})
    schedule = ReportSchedule.objects.get()
    assert schedule.recipients.get(kind="chat").address == address
    for found in (
        page(operator, url("report-schedule", schedule.pk)),
        page(operator, url("change-report-schedule", schedule.pk)),
        page(operator, LIST),
        str(AuditEntry.objects.values_list("after", flat=True)),
    ):
        assert "TIiajkdnlazkcOXrIdevi7FQ" not in found


def test_recipients_are_removed_by_ticking_them(operator: Client) -> None:
    crawled()
    schedule = scheduled("old@example.com", "kept@example.com")
    gone = schedule.recipients.get(address="old@example.com")
    address = url("change-report-schedule", schedule.pk)
    assert "old@example.com" in page(operator, address)
    operator.post(address, FIELDS | {"emails": "new@example.com", "remove": [str(gone.pk)]})
    assert {one.address for one in schedule.recipients.all()} == {
        "kept@example.com",
        "new@example.com",
    }


def test_a_viewer_sees_everything_but_secrets_and_changes_nothing(settings: Settings) -> None:
    crawled()
    settings.DELIVERY_ALLOWED_NETWORKS = []
    report = made("https://hooks.example.com/1")
    schedule = report.schedule
    assert schedule is not None
    secret = schedule.recipients.get().secret
    viewer, operator = signed_in(Role.VIEWER), signed_in(Role.OPERATOR)
    assert secret in page(operator, url("report-schedule", schedule.pk))
    assert secret not in page(viewer, url("report-schedule", schedule.pk))
    assert "Send now" not in page(viewer, url("report-schedule", schedule.pk))
    for format in ("html", "pdf", "csv", "json", "txt"):
        assert viewer.get(url("report-file", report.pk, format)).status_code == 200
        assert viewer.get(url("preview-report", schedule.pk, format)).status_code == 200
    assert viewer.get(NEW).status_code == 403
    for name, argument in [
        ("change-report-schedule", schedule.pk),
        ("send-report", schedule.pk),
        ("delete-report-schedule", schedule.pk),
        ("delivery-again", report.deliveries.get().pk),
    ]:
        assert viewer.post(url(name, argument), FIELDS).status_code == 403
    assert ReportSchedule.objects.get() == schedule


@pytest.mark.parametrize("name", ["send-report", "delete-report-schedule"])
def test_a_link_changes_nothing(operator: Client, name: str) -> None:
    crawled()
    assert operator.get(url(name, scheduled("ciso@example.com").pk)).status_code == 405


def test_send_now_hands_a_report_to_the_worker(
    operator: Client,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    crawled()
    schedule = scheduled("ciso@example.com")
    due_at = schedule.due_at
    with django_capture_on_commit_callbacks() as callbacks:
        response = operator.post(url("send-report", schedule.pk))
    report = Report.objects.get()
    assert len(callbacks) == 1
    assert response.headers["Location"] == url("report", report.pk)
    assert "The worker is making it." in page(operator, url("report", report.pk))
    schedule.refresh_from_db()
    assert (schedule.due_at, schedule.reported) == (due_at, None), "it goes on as if not sent"


def test_a_failed_delivery_is_told_on_the_schedule_the_overview_and_the_list_until_it_is_mended(
    operator: Client,
) -> None:
    crawled()
    report = made("ciso@example.com", name=EVIL)
    assert "did not reach everybody" not in page(operator, OVERVIEW)
    failed(report, f"The mail server answered 550 {EVIL}")
    schedule = url("report-schedule", report.schedule_id)
    for address in (OVERVIEW, LIST, schedule, url("report", report.pk)):
        found = page(operator, address)
        assert "The mail server answered 550 &lt;script&gt;" in found, address
        assert "<script>alert" not in found
    operator.post(url("delivery-again", report.deliveries.get().pk))
    assert report.deliveries.get().state == Delivery.State.WAITING
    deliveries.sent(report.deliveries.get(), report.created_at)
    for address in (OVERVIEW, LIST, schedule):
        assert "answered 550" not in page(operator, address)


def test_a_report_that_could_not_be_made_says_why(operator: Client) -> None:
    crawled()
    report = made("ciso@example.com", unit_id="ou-gone")
    assert report.state == Report.State.FAILED
    sentence = "The OU ou-gone is not in the organization any more: choose another."
    assert sentence in page(operator, url("report", report.pk))
    assert sentence in page(operator, OVERVIEW)
    assert sentence in page(operator, url("preview-report", report.schedule_id, "html"), 404)
    assert "ou-gone (gone)" in page(operator, url("change-report-schedule", report.schedule_id))


def test_a_report_in_the_browser_can_do_nothing(operator: Client) -> None:
    crawled()
    report = made("ciso@example.com", name=EVIL)
    response = operator.get(url("report-file", report.pk, "html"))
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "<script>alert" not in response.getvalue().decode()
    saved = operator.get(url("report-file", report.pk, "csv"))
    assert saved.headers["Content-Disposition"].startswith('attachment; filename="script')
    assert "There is no format exe" in page(operator, url("report-file", report.pk, "exe"), 404)


def test_before_the_first_crawl_the_pages_say_what_to_do(operator: Client) -> None:
    for address in (LIST, NEW):
        assert "No crawl yet" in page(operator, address)


def test_no_page_has_a_style_or_a_script_of_its_own(operator: Client) -> None:
    crawled()
    report = made("ciso@example.com")
    schedule = report.schedule_id
    for address in (
        LIST,
        NEW,
        url("report", report.pk),
        url("report-schedule", schedule),
        url("change-report-schedule", schedule),
    ):
        found = page(operator, address)
        assert " style=" not in found
        assert found.count("<script") == found.count('<script src="/static/')


def test_the_list_costs_the_same_queries_however_many_there_are(operator: Client) -> None:
    crawled()
    costs = []
    for number in (1, 12):
        for schedule in range(number):
            made(recipient(f"a{schedule}@example.com").address, name=f"Schedule {schedule}")
        with CaptureQueriesContext(connection) as queries:
            page(operator, LIST)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 14


@pytest.fixture
def two(operator: Client) -> tuple[Report, Report]:
    """A report of each of two organizations; the second was crawled last."""
    crawled()
    first = made("first@example.com", name="First")
    snapshot = posture(days=1)
    other = replace(snapshot.organization, id="o-example0002")
    found = record(start_crawl(), replace(snapshot, organization=other)).organization
    return first, made("second@example.com", name="Second", organization=found)


def test_each_organization_has_reports_of_its_own(
    operator: Client, two: tuple[Report, Report]
) -> None:
    assert operator.get(LIST).headers["Location"] == f"/o/o-example0002{LIST}"
    first, second = two
    for own, other, id in ((first, second, "o-example0001"), (second, first, "o-example0002")):
        listed = page(operator, f"/o/{id}{LIST}")
        assert own.title in listed
        assert other.title not in listed
        assert f"/o/{id}{url('report', own.pk)}" in listed


def test_a_link_to_a_report_leads_to_its_organization_and_to_no_other(
    operator: Client, two: tuple[Report, Report]
) -> None:
    first, _ = two
    schedule = first.schedule_id
    for address in (
        url("report", first.pk),
        url("report-schedule", schedule),
        url("change-report-schedule", schedule),
    ):
        assert operator.get(address).headers["Location"] == f"/o/o-example0001{address}"
        assert "First" in page(operator, f"/o/o-example0001{address}")
        page(operator, f"/o/o-example0002{address}", 404)


def test_a_new_schedule_is_of_the_organization_in_the_address(
    operator: Client, two: tuple[Report, Report]
) -> None:
    response = operator.post(f"/o/o-example0001{NEW}", FIELDS)
    schedule = ReportSchedule.objects.latest("pk")
    assert schedule.organization.aws_id == "o-example0001"
    assert response.headers["Location"] == f"/o/o-example0001{url('report-schedule', schedule.pk)}"


def test_what_is_sent_leads_to_the_report_s_own_organization(
    two: tuple[Report, Report], settings: Settings
) -> None:
    settings.PORTAL_URL = "https://portal.example.com"
    first, _ = two
    assert report_address(first) == (
        f"https://portal.example.com/o/o-example0001/organization/reports/{first.pk}/"
    )
