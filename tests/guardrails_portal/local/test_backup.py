"""A backup taken from a running portal, brought back elsewhere: not a row differs."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import sql

from guardrails_portal.local import postgres
from guardrails_portal.local.children import stop
from guardrails_portal.local.folders import make_folders
from tests.guardrails_portal.local.portal import Portal

MADE = """
from accounts.models import *
organization = Organization.objects.create(aws_id="o-exampleorg1", taken_at="2026-11-25T10:00Z")
Crawl.objects.create(organization=organization, error="\u2028 kept as it is")
"""


@pytest.fixture(scope="module")
def portals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Portal, Portal]]:
    """Two installations, each in a folder of its own."""
    # Not below pytest's own folder, which root's Postgres could not enter.
    states = [Path(tempfile.mkdtemp(prefix="portal-backup-", dir="/var/tmp")) for _ in range(2)]
    output = tmp_path_factory.mktemp("backup") / "output"
    yield Portal(states[0], output), Portal(states[1], output)
    for state in states:
        shutil.rmtree(state)


def rows(portal: Portal) -> dict[str, list[str]]:
    """Every row of every table as text, but for what each migration notes of its own."""
    folders = make_folders(portal.state, f"{portal.state.name}-sockets")
    server = postgres.start(folders)
    try:
        with closing(psycopg2.connect(postgres.url(folders, "portal"))) as connection:
            return all_rows(connection)
    finally:
        stop([server])


def all_rows(connection: psycopg2.extensions.connection) -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for table in tables:
            query = sql.SQL("SELECT t::text FROM {} t ORDER BY 1").format(sql.Identifier(table))
            cursor.execute(query)
            found[table] = [row for (row,) in cursor.fetchall()]
    return found


def test_what_is_backed_up_comes_back(portals: tuple[Portal, Portal], tmp_path: Path) -> None:
    first, second = portals
    file = tmp_path / "portal.backup"
    made = first.do("shell", "--no-imports", "-c", MADE)
    assert made.returncode == 0, made.stderr

    written = first.do("backup", str(file))

    assert written.returncode == 0, written.stderr
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.glob(".*")) == []
    assert (
        second.do(
            "shell", "--no-imports", "-c", MADE.replace("exampleorg1", "otherorg99")
        ).returncode
        == 0
    )
    restored = second.do("restore", str(file))
    assert restored.returncode == 0, restored.stderr
    assert restored.stdout == f"The database is as it was when {file} was written.\n"
    assert any("kept as it is" in row for row in rows(first)["accounts_crawl"])
    assert rows(second) == rows(first)


def test_what_is_no_backup_changes_nothing(portals: tuple[Portal, Portal], tmp_path: Path) -> None:
    _, portal = portals
    before = rows(portal)
    nonsense = tmp_path / "nonsense"
    nonsense.write_text("nonsense")

    done = portal.do("restore", str(nonsense))

    assert done.returncode == 2
    assert "valid archive" in done.stderr
    assert done.stderr.count("\n") == 1
    assert rows(portal) == before
    missing = portal.do("restore", str(tmp_path / "missing"))
    assert missing.returncode == 2
    assert missing.stderr.endswith("is no file: name one that `./portal backup` wrote.\n")
