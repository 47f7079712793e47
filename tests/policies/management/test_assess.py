"""`assess`: what it says of a snapshot file, and the exit status that gates a pipeline."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.snapshot import OrganizationSnapshot
from accounts.snapshot_codec import dumps
from policies import catalogue
from tests.factories import NO_LOGIN_PROFILES, Scp, account_id, organization

LONG = "prevent-organizations-actions"


@pytest.fixture(autouse=True)
def _eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where nobody sits at a terminal: in the log of a pipeline."""
    monkeypatch.setenv("COLUMNS", "80")


def assessed(folder: Path, snapshot: OrganizationSnapshot, *options: str) -> tuple[int, str]:
    """The exit status, and what stands on standard output."""
    file, said = folder / "organization.json", io.StringIO()
    file.write_text(dumps(snapshot))
    try:
        call_command("assess", str(file), *options, stdout=said)
    except SystemExit as ended:
        return int(ended.code or 0), said.getvalue()
    return 0, said.getvalue()


def test_an_account_that_lacks_a_guardrail_is_told_with_the_reason(tmp_path: Path) -> None:
    snapshot = organization(
        {"payments": "Workloads", "a [bold] name": "Sandbox"},
        [Scp("No login profiles", NO_LOGIN_PROFILES, at=["Workloads"])],
    )
    status, said = assessed(tmp_path, snapshot)
    assert status == 1
    _, _, told = said.partition(f"{account_id(snapshot, 'a [bold] name')} a [bold] name (ACTIVE)\n")
    words = " ".join(told.split())
    assert "✘ missing prevent-login-profiles No SCP in force stops anyone from" in words
    _, _, told = said.partition(f"{account_id(snapshot, 'payments')} payments (ACTIVE)\n")
    assert "prevent-login-profiles" not in told.partition("\n\n")[0]


def test_no_word_is_cut_at_eighty_columns(tmp_path: Path) -> None:
    _, said = assessed(tmp_path, organization({"payments": "Workloads"}))
    for word in ("indeterminate", "applicable", LONG, "`organizations:AcceptHandshake`"):
        assert word in said
    assert max(map(len, said.splitlines())) <= 80


def test_where_all_have_every_guardrail_the_status_is_0(tmp_path: Path) -> None:
    scps = [Scp(one.id, one.reference_scp, at=[""]) for one in catalogue.guardrails()]
    status, said = assessed(tmp_path, organization({"payments": "Workloads"}, scps))
    assert (status, "(ACTIVE)" in said) == (0, False)


def test_one_guardrail_is_judged_alone_and_told_to_programs(tmp_path: Path) -> None:
    snapshot = organization({"payments": "Workloads"})
    status, said = assessed(tmp_path, snapshot, "--guardrail", LONG, "--format", "json")
    assert status == 1
    found = {one["account_id"]: one for one in json.loads(said)["verdicts"]}
    assert found[account_id(snapshot, "payments")]["guardrail"] == LONG
    assert len(found) == len(snapshot.accounts)


def test_a_guardrail_that_is_none_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="invalid choice: 'protect-all'"):
        assessed(tmp_path, organization(), "--guardrail", "protect-all")
