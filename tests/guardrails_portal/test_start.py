"""Every program refuses what it can't work with: one sentence, no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent
NEEDED = (
    "SECRET_KEY",
    "DATABASE_URL",
    "CELERY_BROKER_URL",
    "CACHE_URL",
    "ALLOWED_HOSTS",
    "PORTAL_HTTPS",
)
DEPLOYED = {
    "SECRET_KEY": "0123456789" * 6,
    "ALLOWED_HOSTS": "portal.example.com",
    "DATABASE_URL": "postgres://portal:password@db/portal",
    "CELERY_BROKER_URL": "redis://valkey/0",
    "CACHE_URL": "redis://valkey/1",
}
NOT_SET = "are not set in the environment: .env.example says"


def python(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run it with these of the portal's variables, and no others of them."""
    others = {name: text for name, text in os.environ.items() if name not in NEEDED}
    return subprocess.run(
        [sys.executable, *words],
        cwd=PROJECT,
        env=others | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    "words",
    [
        ("-m", "celery", "-A", "guardrails_portal", "worker"),
        ("-m", "celery", "-A", "guardrails_portal", "beat"),
        ("-m", "guardrails_portal.processes", "web"),
        ("-m", "guardrails_portal.processes", "worker"),
    ],
)
def test_a_server_without_settings_says_which_it_needs(words: tuple[str, ...]) -> None:
    done = python(*words)

    assert done.returncode == 2
    assert NOT_SET in done.stderr
    assert done.stderr.count("\n") == 1


def test_gunicorn_started_by_hand_does_not_try_again_and_again() -> None:
    done = python("-m", "gunicorn", "guardrails_portal.wsgi", "--bind", "127.0.0.1:0")

    assert done.returncode == 4
    assert done.stderr.count(NOT_SET) == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [("migrate",), ("assess", "snapshot.json")])
def test_a_wrong_value_stops_a_command_with_one_sentence(words: tuple[str, ...]) -> None:
    done = python("manage.py", *words, SECRET_KEY="short")

    assert done.returncode == 2
    assert done.stderr.startswith("SECRET_KEY is too weak")
    assert done.stderr.count("\n") == 1


def test_a_command_for_the_database_says_what_it_needs() -> None:
    done = python("manage.py", "migrate")

    assert done.returncode == 2
    assert done.stderr.startswith(f"SECRET_KEY, DATABASE_URL {NOT_SET}")
    assert done.stderr.count("\n") == 1


def test_a_deployment_passes_every_check_of_django() -> None:
    done = python("manage.py", "check", "--deploy", "--fail-level", "WARNING", **DEPLOYED)

    assert done.returncode == 0, done.stderr


def test_migrations_are_compared_with_the_models_without_a_database() -> None:
    done = python("manage.py", "makemigrations", "--check", "--dry-run")

    assert done.returncode == 0, done.stdout + done.stderr


def test_health_says_what_is_unreachable() -> None:
    ask = (
        "from django.test import Client; answer = Client().get('/health/ready', secure=True); "
        "print(answer.status_code, answer.json()['checks'])"
    )
    nowhere = {
        **DEPLOYED,
        "ALLOWED_HOSTS": "testserver",
        "DATABASE_URL": "postgres://portal@/portal?host=/nonexistent",
        "CELERY_BROKER_URL": "redis+socket:///nonexistent/valkey.sock",
    }

    done = python("manage.py", "shell", "--no-imports", "-c", ask, **nowhere)

    assert done.stdout == (
        "503 {'database': 'unreachable', 'migrations': 'unknown', 'broker': 'unreachable', "
        "'beat': 'unknown', 'crawl': 'unknown'}\n"
    )
