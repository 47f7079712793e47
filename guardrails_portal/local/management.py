"""Management commands: on the services they need, or on none."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from guardrails_portal.local.children import Child, stop
from guardrails_portal.local.folders import PROJECT, project_folders
from guardrails_portal.local.hold import held, publish, variables_of_holder
from guardrails_portal.local.services import is_given, own_settings, start_services

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
    """Run `manage.py` with these words, on `services` if it needs any; return its exit status."""
    if needs_no_services(words):
        return _run(words, {})
    with services(f"`./portal {words[0]}`") as (variables, ours):
        if ours and words[0] not in ABOUT_MIGRATIONS:
            _run(["migrate", "--no-input", "--verbosity", "0"], variables)
        return _run(words, variables)


@contextmanager
def services(purpose: str) -> Iterator[tuple[dict[str, str], bool]]:
    """The variables that name the services for `purpose`, and whether they were started for it.

    What the environment names is used, else what the portal that runs in this checkout uses,
    else embedded services for as long as the context lasts.
    """
    folders = project_folders()
    local = own_settings(folders)
    running = variables_of_holder(folders)
    if running or all(is_given(os.environ, name) for name in SERVICES):
        given = {name for name in SERVICES if is_given(os.environ, name)}
        yield local | {name: running[name] for name in running.keys() - given}, False
        return
    started: list[Child] = []
    with held(folders, purpose):
        try:
            local |= start_services(folders, os.environ, "portal", started)
            publish(folders, purpose, local)
            yield local, True
        finally:
            stop(reversed(started))


def needs_no_services(words: Sequence[str]) -> bool:
    word, *rest = words
    if word in WITHOUT_SERVICES or {"--help", "-h"}.intersection(rest):
        return True
    options = {one.partition("=")[0] for one in rest}
    # Then the crawl ends in a file instead of the database; connections are rows of it, though.
    return word == "crawl" and "--output" in options and "--connection" not in options


def _run(words: Sequence[str], more: Mapping[str, str]) -> int:
    variables = {**os.environ, **more, "PORTAL_PROGRAM": "portal"}
    process = subprocess.Popen([sys.executable, MANAGE, *words], env=variables)
    while True:
        try:
            status = process.wait()
            return status if status >= 0 else 128 - status
        except KeyboardInterrupt:
            # The terminal has sent it to the command as well, which ends in its own way.
            continue
