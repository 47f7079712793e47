"""What a report says, and that every format says the same."""

from __future__ import annotations

import csv
import io
import json
import re
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typst
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts.services import start_crawl
from accounts.snapshot import AccountState, PolicyTypeStatus
from accounts.snapshot_codec import digest, loads
from policies.analysis.guardrail import Parameters
from policies.csv_lines import harmless
from policies.reports.building import build
from policies.reports.content import PostureReport, pack, to_json, unpack
from policies.reports.files import FORMATS, file
from policies.reports.formats.csv import as_csv
from policies.reports.formats.email import as_html, as_text
from policies.reports.formats.paper import as_pdf
from policies.reports.outline import PAPER, outline
from policies.selectors.report_scope import Period, Scope, UnitGone
from policies.services.recording import record
from tests.factories import NO_LOGIN_PROFILES, Scp, organization
from tests.policies.reports.writing import crawled

pytestmark = pytest.mark.django_db

LOGIN = "prevent-login-profiles"
SANDBOX = "ou-ab12-00000004"
EVIL = "<script>alert(1)</script>\"'&{{ 7|add:7 }} #set page(fill: red) $x$ *a* \\u{7}"


def lost_some() -> PostureReport:
    """A week in which Payments kept its protection and Orders lost it."""
    before = crawled(["Workloads"])
    return build(Period(before, crawled(["Workloads/Payments"], days=7)))


def hostile() -> PostureReport:
    """Every name that comes from AWS tries to be more than a name."""
    scp = Scp(EVIL[:100], NO_LOGIN_PROFILES, at=[])
    names = {EVIL: EVIL.replace("/", "|"), "=cmd|' /C calc'!A0": "@SUM(1)", "日本語 😀": "\tTab"}
    return build(Period(None, record(start_crawl(), organization(names, [scp]))))


def test_it_says_what_was_lost_by_what_and_what_is_open_since_when() -> None:
    report = lost_some()
    (lost,) = report.lost
    assert lost.guardrail.id == LOGIN
    assert [account.name for account in lost.accounts] == ["orders"]
    assert "`No login profiles`" in lost.cause
    measure = next(one for one in report.measures if one.guardrail.id == LOGIN)
    assert (measure.now.percent, measure.change) == (33, -33)
    assert [gap.unit for gap in report.gaps_of(LOGIN)] == ["Sandbox", "Workloads / Orders"]
    longest, newest = (gap.longest for gap in report.gaps_of(LOGIN))
    assert longest.at_least, "lacking since the first crawl, and who knows since when"
    assert (newest.since, newest.at_least) == (report.taken_at, False)
    assert report.complete == 0


def test_its_figures_are_those_of_the_assessment() -> None:
    before = crawled(["Workloads"])
    for measure in build(Period(None, before)).measures:
        totals = before.totals[measure.guardrail.id]
        assert measure.now.enforced == totals["enforced"]
        assert measure.now.missing == totals["missing"]
        assert (
            sum(
                len(gap.accounts)
                for gap in build(Period(None, before)).gaps_of(measure.guardrail.id)
            )
            == measure.now.lacking
        )


def test_what_a_reader_takes_away_stands_in_a_few_figures() -> None:
    told = outline(lost_some(), PAPER)
    assert told.figures == (
        ("0 %", "of accounts have all 5 guardrails"),
        ("3", "lack at least one"),
        ("1", "lost protection"),
        ("0", "won protection"),
        ("7 days", "is the longest exposure"),
    )
    without = outline(build(Period(None, crawled(["Workloads"], days=8))), PAPER)
    assert [words for _, words in without.figures][2:] == ["is the longest exposure"]


def test_where_no_member_account_is_nothing_is_said_to_be_covered_or_not() -> None:
    snapshot = organization({"legacy": ""}, states={"legacy": AccountState.SUSPENDED})
    report = build(Period(None, record(start_crawl(), snapshot)))
    assert {line.covered for line in outline(report, PAPER).lines} == {"–"}
    for text in (as_html(report), as_text(report)):
        assert "No active member account is in the scope" in text
        assert "0 %" not in text


def test_an_exposure_of_before_the_first_crawl_is_said_to_be_at_least_so_long() -> None:
    told = outline(lost_some(), PAPER)
    exposed = {gap.unit: gap.exposed for section in told.gaps for gap in section.lines}
    assert exposed["Sandbox"] == "since 23 Nov 2026 or before, at least 7 days"
    assert exposed["Workloads / Orders"] in {
        "since 30 Nov 2026, less than a day",
        "since 23 Nov 2026 or before, at least 7 days",
    }


def test_where_no_scp_has_any_effect_it_says_so_and_what_to_do() -> None:
    off = organization({"payments": "Workloads"}, scp_status=PolicyTypeStatus.DISABLED)
    for snapshot, said in ((off, True), (organization({"payments": "Workloads"}), False)):
        told = as_text(build(Period(None, record(start_crawl(), snapshot))))
        assert ("SERVICE_CONTROL_POLICY is DISABLED in the root. Enable " in told) is said


def test_the_parameters_in_force_are_told_in_words() -> None:
    told = dict(outline(lost_some(), PAPER).parameters)
    assert told["Approved exempt principals"] == "arn:*:iam::*:role/InfoSec*"
    assert told["Actions of AWS Organizations"] == "none may get through"
    assert told["Users whose path holds a colon"] == "not counted"


def test_a_report_of_an_ou_and_a_guardrail_tells_of_nothing_else() -> None:
    before = crawled(["Workloads"])
    report = build(Period(before, crawled([], days=7)), Scope(SANDBOX, (LOGIN,)))
    assert [account.name for account in report.accounts] == ["sandbox"]
    assert [measure.guardrail.id for measure in report.measures] == [LOGIN]
    assert report.moves == ()
    assert report.unit == "Sandbox"
    with pytest.raises(UnitGone, match="ou-gone"):
        build(Period(None, before), Scope("ou-gone"))


def test_what_is_stored_is_the_report() -> None:
    report = lost_some()
    assert unpack(pack(report)) == report


def test_an_auditor_who_judges_the_report_again_gets_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parameters = Parameters(exempt_principals=(), organizations_scope="leave")
    snapshot = organization(scps=[Scp("No logins", NO_LOGIN_PROFILES)])
    report = build(Period(None, record(start_crawl(), snapshot, parameters)))
    path = tmp_path / "report.json"
    path.write_bytes(to_json(report))
    assert digest(loads(json.dumps(json.loads(path.read_text())["snapshot"]))) == digest(snapshot)
    with pytest.raises(SystemExit):
        call_command("assess", str(path), "--format", "json")
    found = json.loads(capsys.readouterr().out)
    assert found["snapshot"]["digest"] == report.judged.snapshot_digest
    assert found["parameters"] == report.judged.parameters
    told = {
        (account.id, judgement.guardrail): judgement.status
        for account, judgement, _ in report.rows()
    }
    assert {
        (one["account_id"], one["guardrail"]): one["status"] for one in found["verdicts"]
    } == told


def test_a_csv_has_every_account_and_guardrail_and_no_formula() -> None:
    rows = list(csv.reader(io.StringIO("".join(as_csv(hostile())))))
    assert len(rows) == 1 + 4 * 5
    for row in rows:
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")), cell
    names = {row[1] for row in rows[1:]}
    assert "'=cmd|' /C calc'!A0" in names
    assert EVIL in names


@given(st.text(max_size=8))
def test_no_cell_is_a_formula_and_nothing_of_it_is_lost(cell: str) -> None:
    made = harmless(cell)
    assert made.lstrip()[:1] not in tuple("=+-@")
    assert made.removeprefix("'") == cell.removeprefix("'")


def test_names_are_never_markup_in_an_email() -> None:
    html = as_html(hostile())
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "{{ 7|add:7 }}" in html
    assert EVIL in as_text(hostile())


def red(pdf: bytes) -> bool:
    """Whether anything is of Typst's `red`, #ff4136."""
    parts = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    drawn = b"".join(zlib.decompress(part) for part in parts if part[:1] == b"\x78")
    return b"1 0.25490198 0.21176471" in drawn


def test_names_are_never_markup_on_paper_and_of_any_script() -> None:
    assert red(typst.compile(b"#set page(fill: red)\nRed")), "so would it look"
    assert not red(as_pdf(hostile()))


def test_the_pdf_is_for_the_archive() -> None:
    assert b"pdfaid:part" in as_pdf(lost_some())


def test_an_email_of_a_large_organization_is_short_enough_for_every_client() -> None:
    names = {f"account-{number:04}": f"Unit {number % 90}" for number in range(2_000)}
    report = build(Period(None, record(start_crawl(), organization(names))))
    assert len(as_html(report).encode()) < 100_000
    assert "2,000 accounts lack" in as_html(report)
    assert "1,997 more" not in as_text(report)


def test_the_number_of_queries_does_not_grow_with_the_accounts() -> None:
    numbers = []
    for accounts in (5, 300):
        names = {f"account-{number}": f"Unit {number % 40}" for number in range(accounts)}
        before = record(start_crawl(), organization(names))
        after = record(start_crawl(), organization(names, [Scp("No logins", NO_LOGIN_PROFILES)]))
        with CaptureQueriesContext(connection) as queries:
            build(Period(before, after))
        numbers.append(len(queries))
    assert numbers[0] == numbers[1] <= 16


@pytest.mark.parametrize("format", FORMATS)
def test_the_command_writes_each_format(format: str, tmp_path: Path) -> None:
    crawled()
    output = tmp_path / f"report.{format}"
    call_command("report", "--format", format, "--output", str(output), "--days", "1")
    assert output.stat().st_size > 500


def test_the_command_says_in_a_sentence_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No posture is known yet: crawl first"):
        call_command("report")
    crawled()
    with pytest.raises(CommandError, match="The OU ou-gone is not in the organization"):
        call_command("report", "--unit", "ou-gone")
    with pytest.raises(CommandError, match="can't be written"):
        call_command("report", "--output", str(tmp_path))


def test_a_file_is_named_for_its_report_and_its_day() -> None:
    report = lost_some()
    assert file(report, "csv").name == "posture-report-2026-11-30.csv"
    assert report.taken_at == datetime(2026, 11, 23, 10, tzinfo=UTC) + timedelta(days=7)
