"""Files of reports: whole, packed, or left out of an e-mail that would be too large."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from pytest_django import Settings

from guardrails_portal.people.roles import Role
from policies.reports import files
from policies.reports.building import build
from policies.reports.content import PostureReport, to_json
from policies.reports.files import attachments, file
from policies.reports.formats.csv import as_csv
from policies.reports.sending import deliver
from policies.selectors.report_scope import Period
from tests.policies.reports.conftest import MailServer
from tests.policies.reports.writing import crawled, made
from tests.users import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def report() -> PostureReport:
    return build(Period(None, crawled()))


def test_a_small_file_is_attached_as_it_is(report: PostureReport) -> None:
    found, left_out = attachments(report, ["csv", "json"])
    assert [one.name for one in found] == [
        "posture-report-2026-11-23.csv",
        "posture-report-2026-11-23.json",
    ]
    assert found[0].content.decode("utf-8-sig") == "".join(as_csv(report))
    assert left_out == []


def test_a_large_file_is_packed_while_it_is_made_and_a_pdf_is_not(
    report: PostureReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_PACKED_FROM", 500)
    monkeypatch.setattr(files, "_LINES", 3)
    assert len(list(file(report, "csv").pieces)) > 5
    (sheet, document, paper), _ = attachments(report, ["csv", "json", "pdf"])
    assert [one.name.partition("23")[2] for one in (sheet, document, paper)] == [
        ".csv.zip",
        ".json.zip",
        ".pdf",
    ]
    with zipfile.ZipFile(io.BytesIO(sheet.content)) as archive:
        (name,) = archive.namelist()
        assert archive.read(name).decode("utf-8-sig") == "".join(as_csv(report))
    with zipfile.ZipFile(io.BytesIO(document.content)) as archive:
        assert archive.read(archive.namelist()[0]) == to_json(report)


def test_what_does_not_fit_together_is_left_out(
    report: PostureReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = sum(len(piece) for piece in file(report, "csv").pieces)
    monkeypatch.setattr(files, "LARGEST", size)
    found, left_out = attachments(report, ["json", "csv", "pdf"])
    assert [one.media_type for one in found] == ["text/csv"]
    assert left_out == ["posture-report-2026-11-23.json", "posture-report-2026-11-23.pdf"]


def test_an_email_that_would_be_too_large_leads_to_the_portal_instead(
    mail: MailServer, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.PORTAL_URL = "https://portal.example.com"
    monkeypatch.setattr(files, "LARGEST", 100)
    crawled()
    report = made("ciso@example.com", attachments=["csv"])
    deliver(report.deliveries.get().pk)
    (message,) = mail.messages
    assert list(message.iter_attachments()) == []
    where = f"https://portal.example.com/o/o-example0001/organization/reports/{report.pk}/"
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body is not None
        text = body.get_content()
        assert "Too large for an e-mail" in text
        assert "weekly-posture-2026-11-23.csv" in text
        assert where in text


def test_a_download_is_sent_on_while_it_is_made() -> None:
    crawled()
    report = made("ciso@example.com")
    viewer = signed_in(Role.VIEWER)
    answer = viewer.get(f"/organization/reports/{report.pk}/csv/")
    assert answer.streaming
    assert answer.getvalue().count(b"\r\n") == 21
    document = viewer.get(f"/organization/reports/{report.pk}/json/")
    assert json.loads(document.getvalue())["title"] == "Weekly posture"
