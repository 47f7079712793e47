"""Logs as machines read them, of real processes."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.test import Client

from accounts.log_context import (
    WithContext,
    carried,
    current_request,
    log_from_here_with,
    logged_with,
    set_context,
)
from guardrails_portal.celery import (
    app,
    hand_on_the_request,
    log_without_the_task,
)

PROGRAM = """
import django, logging
django.setup()
from accounts.log_context import logged_with
with logged_with(request_id="abcdefgh"):
    logging.getLogger("somewhere").warning("It is %s.", "so", extra={"crawl": 7})
    try:
        1 / 0
    except ZeroDivisionError:
        logging.getLogger("somewhere").exception("It broke.")
"""


def run(program: str, **environment: str) -> str:
    """What a process with these settings writes to its log."""
    given = {**os.environ, "DJANGO_SETTINGS_MODULE": "guardrails_portal.settings", **environment}
    line = [sys.executable, "-c", program]
    return subprocess.run(line, env=given, capture_output=True, text=True, check=True).stderr


def test_in_production_a_line_is_a_json_object_with_its_request() -> None:
    first, second = (json.loads(line) for line in run(PROGRAM, LOG_FORMAT="json").splitlines())

    assert first.pop("at").endswith("+00:00")
    assert first == {
        "level": "WARNING",
        "logger": "somewhere",
        "message": "It is so.",
        "crawl": 7,
        "request_id": "abcdefgh",
    }
    assert "ZeroDivisionError" in second["exc_info"]


def test_for_people_it_is_a_line() -> None:
    assert "WARNING somewhere It is so." in run(PROGRAM, LOG_FORMAT="line").splitlines()[0]


@pytest.mark.django_db
def test_a_request_keeps_the_proxys_id_and_is_logged(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "guardrails_portal.requests"):
        answer = client.get("/login/?next=secret", headers={"x-request-id": "from-the-proxy-1"})

    assert answer.headers["X-Request-ID"] == "from-the-proxy-1"
    (line,) = (one for one in caplog.records if one.name == "guardrails_portal.requests")
    assert line.getMessage() == "GET /login/ 200"


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["short", "x" * 65, "with\nline", "<script>", ""])
def test_an_id_that_is_none_is_replaced(client: Client, given: str) -> None:
    answer = client.get("/login/", headers={"x-request-id": given})

    assert len(answer.headers["X-Request-ID"]) == 32


def test_a_task_is_sent_with_the_request_that_asked_for_it() -> None:
    headers: dict[str, str] = {}
    with logged_with(request_id="abcdefgh"):
        hand_on_the_request(headers)
        record = logging.LogRecord("a", logging.INFO, "a.py", 1, "a", (), None)
        assert WithContext().filter(record)
    hand_on_the_request({})

    assert headers == {"request_id": "abcdefgh"}
    assert record.__dict__["request_id"] == "abcdefgh"
    assert current_request() == ""
    assert app.conf.beat_schedule["heartbeat"]["task"] in app.tasks


def written_in(thread: threading.Thread, caplog: pytest.LogCaptureFixture) -> dict[str, object]:
    caplog.clear()
    with caplog.filtering(WithContext()):
        thread.start()
        thread.join()
    return caplog.records[0].__dict__


def test_every_line_of_a_crawl_carries_its_id_and_those_of_its_threads_too(
    caplog: pytest.LogCaptureFixture,
) -> None:
    set_context({"task_id": "the-task"})
    log_from_here_with(crawl_id="7")
    carry = carried()

    def write(first: Callable[[], None] = lambda: None) -> None:
        first()
        logging.getLogger("somewhere").warning("Written.")

    record = logging.LogRecord("a", logging.INFO, "a.py", 1, "a", (), None)
    assert WithContext().filter(record)
    own = written_in(threading.Thread(target=write, args=(carry,)), caplog)
    stranger = written_in(threading.Thread(target=write), caplog)
    log_without_the_task()
    after = logging.LogRecord("a", logging.INFO, "a.py", 1, "a", (), None)
    assert WithContext().filter(after)

    for line in (record.__dict__, own):
        assert (line["task_id"], line["crawl_id"]) == ("the-task", "7")
    assert "crawl_id" not in stranger
    assert "crawl_id" not in after.__dict__


@pytest.fixture
def sentry() -> Iterator[tuple[str, list[bytes]]]:
    """A DSN, and what is sent to it."""
    got: list[bytes] = []

    class Ingest(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Ingest)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://key@127.0.0.1:{server.server_port}/1", got
    server.shutdown()
    server.server_close()


def test_errors_go_to_a_sentry_only_where_one_is_named(sentry: tuple[str, list[bytes]]) -> None:
    dsn, got = sentry
    run(PROGRAM)
    assert got == []

    run(f"{PROGRAM}\nimport sentry_sdk; sentry_sdk.flush(5)", SENTRY_DSN=dsn)
    assert got
