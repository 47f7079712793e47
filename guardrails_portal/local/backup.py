"""`./portal backup` and `./portal restore`: the database in one file, and back.

Valkey holds nothing that has to be kept: tasks that were waiting are asked for again.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from guardrails_portal.environment import read_environment
from guardrails_portal.local.children import ServiceError
from guardrails_portal.local.folders import project_folders
from guardrails_portal.local.management import MANAGE, services
from guardrails_portal.local.postgres import reachable_programs


def backup(arguments: Sequence[str]) -> int:
    """Write the whole database into one file, while the portal goes on."""
    file = _file("./portal backup", "the file to write", arguments)
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    with services("`./portal backup`") as (variables, _):
        try:
            unfinished.touch(mode=0o600)
            _run("pg_dump", variables, ["--format=custom", f"--file={unfinished}"])
            unfinished.replace(file)
        except OSError as problem:
            raise ServiceError(f"{file} can't be written: {problem.strerror}.") from None
        finally:
            unfinished.unlink(missing_ok=True)
    print(f"{file} holds the database; `./portal restore {file}` brings it back.")
    return 0


def restore(arguments: Sequence[str]) -> int:
    """Replace the database by what a backup holds: all of it, or nothing."""
    file = _file("./portal restore", "a file that `./portal backup` wrote", arguments)
    if not file.is_file():
        raise ServiceError(f"{file} is no file: name one that `./portal backup` wrote.")
    with services("`./portal restore`") as (variables, ours):
        if not ours and "DATABASE_URL" in variables:
            raise ServiceError(
                "The portal runs on this database: stop it first, with Ctrl-C where it runs."
            )
        words = ["--clean", "--if-exists", "--no-owner", "--single-transaction", str(file)]
        _run("pg_restore", variables, words)
        # The backup may be of an older release.
        migrate = [MANAGE, "migrate", "--no-input", "--verbosity", "0"]
        subprocess.run([sys.executable, *migrate], env={**os.environ, **variables}, check=True)
    print(f"The database is as it was when {file} was written.")
    return 0


def _run(program: str, variables: Mapping[str, str], words: Sequence[str]) -> None:
    """Run one of Postgres's own programs on the database; raise ServiceError with what it says."""
    database = read_environment({**os.environ, **variables}).database
    # In the environment, since everybody sees a command's words.
    given = {_NAMES[name]: str(text) for name, text in database.items() if name in _NAMES and text}
    if program == "pg_restore":
        words = [f"--dbname={given['PGDATABASE']}", *words]
    path = reachable_programs(project_folders()) / program
    done = subprocess.run(
        [path, *words], env={**os.environ, **given}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = next(iter(done.stderr.strip().splitlines()), "it gave no reason")
        raise ServiceError(f"{said}; the database and the file are as they were.")


# Django's names of what libpq reads.
_NAMES: Final = {
    "HOST": "PGHOST",
    "PORT": "PGPORT",
    "USER": "PGUSER",
    "PASSWORD": "PGPASSWORD",
    "NAME": "PGDATABASE",
}


def _file(prog: str, meaning: str, arguments: Sequence[str]) -> Path:
    parser = argparse.ArgumentParser(prog=prog)
    parser.add_argument("file", metavar="FILE", type=Path, help=meaning)
    file: Path = parser.parse_args(arguments).file
    return file.absolute()
