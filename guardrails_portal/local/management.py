"""Management commands: on the services they need, or on none."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

from guardrails_portal.local.children import Child, stop
from guardrails_portal.local.folders import PROJECT, project_folders
from guardrails_portal.local.hold import held, publish, secret_key, variables_of_holder
from guardrails_portal.local.services import is_given, start_services

MANAGE = str(PROJECT / "manage.py")
# These work on files, or on the code alone.
WITHOUT_SERVICES = frozenset(
    {
        "assess",
        "check",
        "collectstatic",
        "decide",
        "diffsettings",
        "findstatic",
        "help",
        "makemigrations",
        "spectacular",
        "version",
        "--version",
    }
)
# These would find their own work done.
ABOUT_MIGRATIONS = frozenset({"migrate", "showmigrations", "sqlmigrate"})
SERVICES = ("DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL")


def manage(words: Sequence[str]) -> int:
    """Run `manage.py` with these words; return its exit status.

    Its services are those that the environment names, else those of the portal that runs in
    this checkout, else embedded ones for as long as the command lasts.
    """
    if needs_no_services(words):
        return _run(words, {})
    folders = project_folders()
    local = {"PORTAL_HTTPS": "false", "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]"}
    if not is_given(os.environ, "SECRET_KEY"):
        local["SECRET_KEY"] = secret_key(folders)
    local = {name: text for name, text in local.items() if name not in os.environ}
    if all(is_given(os.environ, name) for name in SERVICES):
        return _run(words, local)
    running = variables_of_holder(folders)
    if running:
        given = {name for name in running if is_given(os.environ, name) and name in SERVICES}
        return _run(words, local | {name: running[name] for name in running.keys() - given})
    started: list[Child] = []
    purpose = f"`./portal {words[0]}`"
    with held(folders, purpose):
        try:
            local |= start_services(folders, os.environ, "portal", started)
            publish(folders, purpose, local)
            if words[0] not in ABOUT_MIGRATIONS:
                _run(["migrate", "--no-input", "--verbosity", "0"], local)
            return _run(words, local)
        finally:
            stop(reversed(started))


def needs_no_services(words: Sequence[str]) -> bool:
    word, *rest = words
    if word in WITHOUT_SERVICES or {"--help", "-h"}.intersection(rest):
        return True
    # Then the crawl ends in a file instead of the database.
    return word == "crawl" and any(one.partition("=")[0] == "--output" for one in rest)


def _run(words: Sequence[str], more: Mapping[str, str]) -> int:
    process = subprocess.Popen([sys.executable, MANAGE, *words], env={**os.environ, **more})
    while True:
        try:
            status = process.wait()
            return status if status >= 0 else 128 - status
        except KeyboardInterrupt:
            # The terminal has sent it to the command as well, which ends in its own way.
            continue
