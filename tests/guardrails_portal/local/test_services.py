"""The embedded services by themselves: what outlives a kill, and what is not started at all."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

import psycopg2
import pytest
import redis

from guardrails_portal.local import postgres, valkey
from guardrails_portal.local.children import Child, Recipe, ServiceError, stop
from guardrails_portal.local.folders import Folders
from guardrails_portal.local.management import manage, needs_no_services
from guardrails_portal.local.services import start_services


def connect(folders: Folders) -> psycopg2.extensions.connection:
    return psycopg2.connect(
        host=str(folders.sockets / "postgres-socket"), user="portal", dbname="portal"
    )


def test_committed_rows_outlive_a_kill_of_postgres(folders: Folders) -> None:
    first = postgres.start(folders)
    postgres.make_database(folders, "portal")
    connection = connect(folders)
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT 42 AS number")
    os.killpg(first.process.pid, signal.SIGKILL)
    first.process.wait()
    connection.close()

    second = postgres.start(folders)
    connection = connect(folders)
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM kept")
        rows = cursor.fetchall()
    connection.close()
    stop([second])

    assert rows == [(42,)]
    assert second.process.returncode == 0


def test_a_postgres_that_takes_too_long_to_end_leaves_the_cluster_to_the_next(
    folders: Folders,
) -> None:
    first = postgres.start(folders)
    postgres.make_database(folders, "portal")
    busy = threading.Thread(target=_loop_until_cut_off, args=[connect(folders)])
    busy.start()
    try:
        while not _is_busy(folders):
            time.sleep(0.01)
    finally:
        first.recipe = replace(first.recipe, stop_seconds=0)
        stop([first])

    second = postgres.start(folders)
    busy.join()
    stop([second])

    assert second.process.returncode == 0


def _loop_until_cut_off(connection: psycopg2.extensions.connection) -> None:
    with contextlib.suppress(psycopg2.OperationalError), connection.cursor() as cursor:
        cursor.execute("DO 'BEGIN LOOP END LOOP; END'")


def _is_busy(folders: Folders) -> bool:
    connection = connect(folders)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM pg_stat_activity WHERE query LIKE 'DO %'")
            return cursor.rowcount == 1
    finally:
        connection.close()


def test_a_waiting_task_outlives_a_kill_of_valkey(folders: Folders) -> None:
    socket = str(folders.sockets / "valkey.sock")
    first = valkey.start(folders)
    with redis.Redis(unix_socket_path=socket) as client:
        client.lpush("celery", "a task")
        client.execute_command("WAITAOF", 1, 0, 5000)
    first.process.kill()
    first.process.wait()

    second = valkey.start(folders)
    with redis.Redis(unix_socket_path=socket) as client:
        waiting = client.lrange("celery", 0, -1)
    stop([second])

    assert waiting == [b"a task"]


def test_what_the_environment_names_is_not_started(folders: Folders) -> None:
    started: list[Child] = []
    given = {
        "DATABASE_URL_FILE": "/run/secrets/database_url",
        "CELERY_BROKER_URL": "redis://valkey/0",
        "CACHE_URL": "redis://valkey/1",
    }

    assert start_services(folders, given, "portal", started) == {}
    assert started == []


def test_a_service_that_does_not_start_is_named_with_its_last_words(tmp_path: Path) -> None:
    child = Child(Recipe("oracle", ["sh", "-c", "echo no such luck; exit 3"], tmp_path / "log"))

    with pytest.raises(ServiceError) as caught:
        child.wait_until(lambda: False)

    assert str(caught.value) == (
        f"oracle ended while it started: no such luck (see {tmp_path / 'log'})"
    )


@pytest.mark.parametrize(
    "line",
    [
        "assess snapshot.json",
        "decide snapshot.json --account 111111111111",
        "crawl --output snapshot.json",
        "crawl --output=snapshot.json",
        "makemigrations --check",
        "check --deploy",
        "migrate --help",
    ],
)
def test_what_works_on_files_alone_needs_no_services(line: str) -> None:
    assert needs_no_services(line.split())


def test_a_command_is_explained_by_the_name_it_is_called_by(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert manage(["decide", "--help"]) == 0
    assert capfd.readouterr().out.startswith("usage: portal decide ")


@pytest.mark.parametrize(
    "line",
    [
        "crawl",
        "crawl --connection=Environment --output snapshot.json",
        "migrate",
        "shell",
        "changepassword admin",
    ],
)
def test_what_reads_or_writes_rows_needs_services(line: str) -> None:
    assert not needs_no_services(line.split())
