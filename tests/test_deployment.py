"""A deployment installs less than a developer does: what it runs must not need the rest."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
# What web, worker and beat import, down to what is imported at the first connection only.
PROGRAM = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {absent!r}:
            raise ModuleNotFoundError(f"{{name}} is not installed in a deployment", name=name)

sys.meta_path.insert(0, Absent())
from guardrails_portal.wsgi import application
import guardrails_portal.urls, gunicorn.workers.gthread, celery.concurrency.thread, celery.beat
from guardrails_portal.celery import app
from django.core.cache import cache
from django.core.management import get_commands, load_command_class

app.loader.import_default_modules()
app.connection_for_read().ensure_connection(max_retries=1)
cache.get("anything")
for name, package in get_commands().items():
    if package in ("accounts", "policies"):
        load_command_class(package, name)
"""


def installed_in_a_deployment() -> set[str]:
    """Every distribution that the dependencies of pyproject.toml pull in, groups left out."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    waiting = [Requirement(line) for line in project["dependencies"]]
    seen: set[tuple[str, str]] = set()
    while waiting:
        wanted = waiting.pop()
        for extra in {"", *wanted.extras}:
            key = (canonicalize_name(wanted.name), extra)
            if key in seen:
                continue
            seen.add(key)
            for line in distribution(wanted.name).requires or ():
                needed = Requirement(line)
                if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                    waiting.append(needed)
    return {name for name, _ in seen}


def test_web_worker_and_commands_run_on_what_a_deployment_installs() -> None:
    installed = installed_in_a_deployment()
    absent = {
        module
        for module, owners in packages_distributions().items()
        if not installed & {canonicalize_name(owner) for owner in owners}
    }
    assert {"moto", "pytest"} <= absent
    line = [sys.executable, "-c", PROGRAM.format(absent=absent)]
    done = subprocess.run(
        line, cwd=ROOT, capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert (done.returncode, done.stderr) == (0, "")
