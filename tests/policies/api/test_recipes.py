"""The recipes of docs/api.md, run as they stand there against a real server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
import yaml
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from accounts.auditing import Actor
from accounts.services import start_crawl
from accounts.snapshot_codec import dumps
from guardrails_portal.people.models import User
from guardrails_portal.people.roles import Role, Scope
from guardrails_portal.people.services.tokens import create_token
from policies.catalogue import GUARDRAIL_IDS
from policies.models import Report
from policies.services.recording import record
from tests.policies.api.conftest import EXAMPLE
from tests.policies.reports.writing import made
from tests.tools import installed
from tests.users import make_user

TEXT: Final = (Path(__file__).resolve().parents[3] / "docs" / "api.md").read_text()
# The first shell block sets the two variables, here as in a reader's shell.
SHELL: Final = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)[1:]
PYTHON: Final = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
[[_STEP]] = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)]
STEP: Final[str] = _STEP["run"]


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(transactional_db: None, live_server: LiveServer, tmp_path: Path) -> Run:
    """Runs a command line with the token of an administrator, or with what is given as `token`."""
    installed("jq")
    record(start_crawl(), EXAMPLE)
    made("ciso@example.com")
    (tmp_path / "organization.json").write_text(dumps(EXAMPLE))
    everything = secret(Scope.ADMIN)

    def run(*line: str, token: str = everything) -> subprocess.CompletedProcess[str]:
        variables = {**os.environ, "PORTAL": live_server.url, "PORTAL_TOKEN": token}
        return subprocess.run(
            line, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False
        )

    return run


def secret(scope: Scope) -> str:
    """Of a new token of this scope, an administrator's."""
    owner = User.objects.filter(role=Role.ADMIN).first() or make_user(Role.ADMIN)
    end = timezone.now() + timedelta(days=1)
    return create_token(Actor("ada"), owner, f"ci {scope}", scope, end)[1]


def test_the_recipes_do_what_is_said_of_them(run: Run, tmp_path: Path) -> None:
    found = [run("bash", "-euc", block) for block in SHELL]
    assert [one.returncode for one in found] == [0] * len(SHELL), found
    lacking, table, lines, history, assessed, asked, _, _ = found
    assert "payments" in lacking.stdout
    assert "reason" in lacking.stdout
    assert table.stdout == lines.stdout == ""
    assert (tmp_path / "verdicts.csv").read_text().count("\n") == 26
    assert len((tmp_path / "verdicts.ndjson").read_text().splitlines()) == 5 * len(GUARDRAIL_IDS)
    assert '"percent":33' in history.stdout
    assert json.loads(assessed.stdout)["all_enforced"] is True
    assert (tmp_path / "posture.pdf").read_bytes().startswith(b"%PDF-1")
    assert json.loads(asked.stdout)["title"] == "Board"
    audit = json.loads((tmp_path / "audit.json").read_text())
    assert "Board" in [one["subject"] for one in audit["results"]]


def test_the_python_recipe_prints_every_account(run: Run) -> None:
    [program] = PYTHON
    done = run(sys.executable, "-c", program)
    assert done.returncode == 0, done.stderr
    assert [line.split()[1] for line in done.stdout.splitlines()] == [
        "payments",
        "Orders",
        "sandbox",
        "=cmd()",
    ]


def test_the_step_of_a_pipeline_stops_what_would_open_a_guardrail(run: Run, tmp_path: Path) -> None:
    done = run("bash", "-euc", STEP)
    assert (done.returncode, done.stdout) == (1, "false\n")
    assert json.loads((tmp_path / "posture.json").read_text())["all_enforced"] is False


def test_whoever_is_refused_reads_why_and_is_left_with_no_file(run: Run, tmp_path: Path) -> None:
    [program] = PYTHON
    # Pasted into a shell, which goes on after what fails.
    lines = [*(("bash", "-c", block) for block in [*SHELL, STEP]), (sys.executable, "-c", program)]
    for token in ("", "gp_mistyped"):
        for line in lines:
            done = run(*line, token=token)
            assert done.returncode != 0, line
            assert re.search(
                r"This token is unknown|Write the header as|error: 401$",
                (done.stdout + done.stderr).strip(),
            )
            assert "Traceback" not in done.stderr
    assert {one.name for one in tmp_path.iterdir()} == {"organization.json", "posture.json"}


def test_a_token_without_the_scope_is_told_which_one_it_takes(run: Run) -> None:
    reads = secret(Scope.READ)
    [asks] = [block for block in SHELL if "report-schedules" in block]
    done = run("bash", "-c", asks, token=reads)
    assert done.returncode != 0
    assert "scope is `read`, and this needs `admin`" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_where_no_report_is_made_yet_the_recipe_says_so(run: Run, tmp_path: Path) -> None:
    Report.objects.all().delete()
    [newest] = [block for block in SHELL if "posture.pdf" in block]
    done = run("bash", "-c", newest)
    assert done.returncode != 0
    assert done.stderr.endswith("No report is made yet.\n")
    assert not (tmp_path / "posture.pdf").exists()
