"""The words that developers use: tests, style, types, benchmarks."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence

from guardrails_portal.local.folders import PROJECT

TEMPLATES = PROJECT / "templates"
IMPORT_RULES = ("-c", "from importlinter.cli import lint_imports_command as c; c(['--no-logo'])")
# As a deployment is set up; nothing is connected to.
DEPLOYED = {
    "DEBUG": "false",
    "PORTAL_HTTPS": "true",
    "ALLOWED_HOSTS": "portal.example.com",
    "DATABASE_URL": "",
}


def test(words: Sequence[str]) -> int:
    return _run([("tests", ("-m", "pytest", *words))])


def lint() -> int:
    steps = [
        ("ruff check", ("-m", "ruff", "check", ".")),
        ("ruff format", ("-m", "ruff", "format", "--check", ".")),
        ("import rules", IMPORT_RULES),
        # Not their layout: djlint's own is longer and no clearer.
        ("templates", ("-m", "djlint", str(TEMPLATES), "--lint", "--quiet")),
    ]
    return _run(steps)


def types() -> int:
    return _run([("types", ("-m", "mypy"))])


def check() -> int:
    deployed = {**DEPLOYED, "SECRET_KEY": secrets.token_urlsafe(64)}
    manage = str(PROJECT / "manage.py")
    django = [
        ("deployment", (manage, "check", "--deploy", "--fail-level", "WARNING")),
        ("migrations", (manage, "makemigrations", "--check", "--dry-run")),
    ]
    return max(lint(), types(), _run(django, deployed))


def bench(words: Sequence[str]) -> int:
    return _run([("benchmarks", ("-m", "benchmarks", *words))])


def format_code() -> int:
    return _run(
        [
            ("ruff check", ("-m", "ruff", "check", "--fix", ".")),
            ("ruff format", ("-m", "ruff", "format", ".")),
        ]
    )


def _run(steps: Iterable[tuple[str, Sequence[str]]], more: Mapping[str, str] | None = None) -> int:
    """Run each step in the checkout, all of them; return the worst exit status."""
    worst = 0
    for name, words in steps:
        print(f"== {name}", file=sys.stderr, flush=True)
        done = subprocess.run(
            [sys.executable, *words], cwd=PROJECT, env={**os.environ, **(more or {})}, check=False
        )
        worst = max(worst, done.returncode if done.returncode >= 0 else 128 - done.returncode)
    return worst
