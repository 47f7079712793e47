"""The recipes of docs/api.md, run as they stand there against a real server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
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
from guardrails_portal.people.roles import Role, Scope
from guardrails_portal.people.services.tokens import create_token
from policies.catalogue import GUARDRAIL_IDS
from policies.services.recording import record
from tests.policies.api.conftest import EXAMPLE
from tests.policies.reports.writing import made
from tests.users import make_user

TEXT: Final = (Path(__file__).resolve().parents[3] / "docs" / "api.md").read_text()
# The first shell block sets the two variables, here as in a reader's shell.
SHELL: Final = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)[1:]
PYTHON: Final = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
ACTIONS: Final = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture
def run(transactional_db: None, live_server: LiveServer, tmp_path: Path) -> object:
    record(start_crawl(), EXAMPLE)
    end = timezone.now() + timedelta(days=1)
    made("ciso@example.com")
    _, secret = create_token(Actor("ada"), make_user(Role.ADMIN), "ci", Scope.ADMIN, end)
    variables = {**os.environ, "PORTAL": live_server.url, "PORTAL_TOKEN": secret}

    def run(*line: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            line, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False
        )

    return run


def test_the_recipes_do_what_is_said_of_them(run: object, tmp_path: Path) -> None:
    assert callable(run)
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


def test_the_python_recipe_prints_every_account(run: object) -> None:
    assert callable(run)
    [program] = PYTHON
    done = run(sys.executable, "-c", program)
    assert done.returncode == 0, done.stderr
    assert [line.split()[1] for line in done.stdout.splitlines()] == [
        "payments",
        "Orders",
        "sandbox",
        "=cmd()",
    ]


def test_the_step_of_a_pipeline_stops_what_would_open_a_guardrail(
    run: object, tmp_path: Path
) -> None:
    assert callable(run)
    [[step]] = [yaml.safe_load(block) for block in ACTIONS]
    (tmp_path / "organization.json").write_text(dumps(EXAMPLE))
    assert run("bash", "-euc", step["run"]).returncode == 1
    assert json.loads((tmp_path / "posture.json").read_text())["all_enforced"] is False
