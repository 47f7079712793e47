"""The command lines that ./portal and the containers share, and their health checks."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from celery.contrib.testing.worker import start_worker

from guardrails_portal import processes
from guardrails_portal.celery import app


class Web(HTTPServer):
    """A web process that answers health with `status` and remembers what it was asked."""

    status = 200
    asked: tuple[str, str] = ("", "")


class Health(BaseHTTPRequestHandler):
    server: Web

    def do_GET(self) -> None:
        self.server.asked = (self.path, self.headers["Host"])
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing: the test looks at `asked`."""


@pytest.fixture
def web() -> Iterator[Web]:
    with Web(("127.0.0.1", 0), Health) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("allowed", "host"),
    [
        ("portal.example.com,other.example.com", "portal.example.com"),
        (".example.com", "example.com"),
        ("*", "localhost"),
        ("", "localhost"),
    ],
)
def test_web_is_asked_by_a_name_that_it_answers_to(
    web: Web, monkeypatch: pytest.MonkeyPatch, allowed: str, host: str
) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", allowed)
    assert processes.web_is_well(web.server_port)
    assert web.asked == ("/health/ready", host)


def test_web_is_not_well_while_it_is_unready(web: Web) -> None:
    web.status = 503
    assert not processes.web_is_well(web.server_port)


def test_web_is_not_well_when_nothing_listens() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert not processes.web_is_well(unused.getsockname()[1])


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_well_as_long_as_it_answers() -> None:
    node = f"celery@{socket.gethostname()}"
    with start_worker(app, pool="threads", hostname=node, perform_ping_check=False):
        assert processes.answers_ping("celery")
    assert not processes.answers_ping("celery", seconds=0.5)


def test_a_worker_is_not_well_without_a_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    with app.connection_for_write("redis://127.0.0.1:1/0") as nowhere:
        monkeypatch.setattr(app, "connection_for_write", lambda *_, **__: nowhere)
        assert not processes.answers_ping("celery", seconds=0.5)


@pytest.mark.parametrize("name", sorted(processes.COMMANDS))
def test_a_process_is_run_by_the_interpreter_that_asks_for_it(name: str) -> None:
    line = processes.command(name, "--loglevel", "DEBUG")
    assert line[:2] == [sys.executable, "-m"]
    assert line[-2:] == ["--loglevel", "DEBUG"]


@pytest.mark.parametrize("words", [[], ["webb"], ["check"], ["check", "webb"]])
def test_an_unknown_process_is_answered_by_the_ones_there_are(words: list[str]) -> None:
    line = [sys.executable, "-m", processes.__name__, *words]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "web, worker, beat" in done.stderr


def test_web_starts_as_the_process_it_was_asked_to_be() -> None:
    line = [sys.executable, "-m", processes.__name__, "web", "--version"]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("gunicorn ")


def test_what_the_operator_has_set_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MALLOC_ARENA_MAX", raising=False)
    assert processes.environment()["MALLOC_ARENA_MAX"] == "2"
    monkeypatch.setenv("MALLOC_ARENA_MAX", "8")
    assert processes.environment()["MALLOC_ARENA_MAX"] == "8"
