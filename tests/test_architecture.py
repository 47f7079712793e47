"""What the import contracts of pyproject.toml, which `./portal check` holds, cannot see."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "guardrails_portal", "policies")
SOURCES = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]
ANALYSIS = sorted((ROOT / "policies" / "analysis").glob("*.py"))


def imported_by(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("path", ANALYSIS, ids=lambda path: path.name)
def test_judging_imports_the_standard_library_and_itself_alone(path: Path) -> None:
    foreign = {
        name
        for name in imported_by(path)
        if name.split(".")[0] not in sys.stdlib_module_names
        and not f"{name}.".startswith("policies.analysis.")
    }
    assert foreign == set()


@pytest.mark.parametrize("path", ANALYSIS, ids=lambda path: path.name)
def test_judging_reads_no_clock_no_file_and_no_network(path: Path) -> None:
    reaching = {"asyncio", "os", "pathlib", "random", "secrets", "socket", "subprocess", "time"}
    assert {name.split(".")[0] for name in imported_by(path)} & reaching == set()


def test_judging_runs_in_a_bare_interpreter() -> None:
    modules = [f"policies.analysis.{path.stem}" for path in ANALYSIS if path.stem != "__init__"]
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import {', '.join(modules)}; "
        "print(*(name for name in ('django', 'boto3', 'celery') if name in sys.modules))"
    )
    # -I -S: neither the environment nor any installed package is seen.
    line = [sys.executable, "-I", "-S", "-c", program]
    done = subprocess.run(line, capture_output=True, text=True, check=False, cwd="/")
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")


# Migrations are written by Django, whole ones at once.
BY_HAND = [path for path in SOURCES if path.parent.name != "migrations"]


@pytest.mark.parametrize("path", BY_HAND, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_longer_than_can_be_held_in_mind(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400


def test_the_median_file_fits_a_few_screens() -> None:
    lengths = sorted(len(path.read_text().splitlines()) for path in SOURCES)
    assert lengths[len(lengths) // 2] < 100


def test_every_module_says_what_it_is_about() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
    assert [path for path in SOURCES if vague & {path.stem, *path.relative_to(ROOT).parts}] == []
