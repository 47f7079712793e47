"""The words that developers use: tests, style, types, benchmarks."""

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from guardrails_portal.local.folders import PROJECT

TEMPLATES = PROJECT / "templates"
SCHEMA = PROJECT / "docs" / "openapi.yaml"
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
    return max(lint(), types(), _run(django, deployed), _schema(manage, deployed))


def _schema(manage: str, deployed: Mapping[str, str]) -> int:
    """Whether the committed OpenAPI schema is what the code makes."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / SCHEMA.name
        words = (manage, "spectacular", "--validate", "--fail-on-warn", "--file", str(made))
        worst = _run([("OpenAPI schema", words)], deployed)
        if worst == 0 and made.read_bytes() != SCHEMA.read_bytes():
            named = SCHEMA.relative_to(PROJECT)
            print(f"{named} has drifted: ./portal spectacular --file {named}", file=sys.stderr)
            worst = 1
    return worst


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
