"""A portal of real processes on a simulated organization: tests may hurt any part of it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis

from accounts.aws.connection import connect
from accounts.crawl import read_organization
from accounts.snapshot_codec import digest
from guardrails_portal.celery import app
from guardrails_portal.local import postgres, valkey
from guardrails_portal.local.folders import Folders
from tests.guardrails_portal.local.portal import Portal, Running
from tests.simulated import Endpoint, Faults, SimulatedOrganization, invent

# Until something must have happened, on the busiest machine.
SECONDS = 120
# Enough for all that a portal of some hundred accounts keeps, its logs among it.
DISK = "400m"
# So many times AWS's rates: no test waits for them.
FAST = 1_000
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "simulated", "AWS_SECRET_ACCESS_KEY": "simulated"}
Change = Callable[[SimulatedOrganization], None]


class Patient:
    """`./portal run` in the folder `state`, what it reads, and what it has stored."""

    def __init__(self, state: Path, output: Path, has_small_disk: bool) -> None:
        self.has_small_disk = has_small_disk
        self.changes: dict[tuple[str, int], Change] = {}
        self.endpoint = Endpoint(invent(120, 12, 15), Faults(changes=self.changes))
        self.folders = Folders(state, state)
        self.portal = Portal(state, output)
        self.portal.environment |= CREDENTIALS | {
            "AWS_ENDPOINT_URL": self.endpoint.url,
            "CRAWL_RATE_SHARE": str(FAST),
        }
        self.running: Running

    @property
    def organization(self) -> SimulatedOrganization:
        return self.endpoint.organization

    def start(self) -> None:
        self.running = self.portal.start("run")
        wait_for(lambda: self.ended() == 1, "the first crawl ends")

    def at(self, api: str, change: Change, *, after: int = 0) -> None:
        """Do this at the next call of `api`, or `after` so many more."""
        self.changes[api, self.endpoint.calls[api] + 1 + after] = change

    def process(self, words: str) -> int:
        """The id of the process with these words in its command line, the oldest if several."""
        found = [id for id, line in self.portal.processes().items() if words in line]
        assert found, (words, self.portal.processes())
        return min(found)

    def kill(self, words: str) -> int:
        """End it with no chance to tidy up; return when the kernel has closed what it held.

        Until then the broker would hand a task to the dead.
        """
        id = self.process(words)
        os.kill(id, signal.SIGKILL)
        wait_for(lambda: is_gone(id), f"{words} is gone")
        return id

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        connection = psycopg2.connect(postgres.url(self.folders, "portal"))
        try:
            with connection.cursor() as cursor:
                cursor.execute(query)
                return cursor.fetchall()
        finally:
            connection.close()

    def fall_silent(self) -> None:
        """Let the crawl that runs have said nothing for a minute, as if that had passed."""
        connection = psycopg2.connect(postgres.url(self.folders, "portal"))
        with closing(connection), connection, connection.cursor() as cursor:
            cursor.execute(
                "UPDATE accounts_crawl SET heartbeat_at = heartbeat_at - interval '1 minute' "
                "WHERE state = 'running'"
            )
            assert cursor.rowcount == 1

    def value(self, query: str) -> Any:
        ((value,),) = self.rows(query)
        return value

    def ask_for_crawl(self) -> None:
        wait_for(self._broker_answers, "the broker is back")
        with app.connection_for_write(valkey.broker_url(self.folders)) as broker:
            app.send_task("policies.tasks.crawl_organization", connection=broker)

    def _broker_answers(self) -> bool:
        with closing(self._valkey()) as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False

    def waiting_tasks(self) -> int:
        """How many no worker has taken yet."""
        with closing(self._valkey()) as client:
            count: int = client.llen("celery")
            return count

    def _valkey(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.folders.sockets / "valkey.sock"))

    def ended(self) -> int:
        """How many crawls have come to an end of any kind."""
        count: int = self.value("SELECT count(*) FROM accounts_crawl WHERE state != 'running'")
        return count

    def assessments(self) -> int:
        count: int = self.value("SELECT count(*) FROM policies_assessment")
        return count

    def last_crawl(self) -> tuple[str, str]:
        ((state, error),) = self.rows(
            "SELECT state, error FROM accounts_crawl ORDER BY started_at DESC LIMIT 1"
        )
        return state, error

    def is_up_to_date(self) -> bool:
        """Whether the posture is of the organization as it is now, whole."""
        whole: bool = self.value(
            "SELECT organization.taken_at = assessment.taken_at FROM accounts_organization AS "
            "organization, policies_assessment AS assessment ORDER BY assessment.id DESC LIMIT 1"
        )
        return whole and self.posture() == digest(read_organization(connect(share=FAST)))

    def posture(self) -> str:
        """What was judged last, by its digest."""
        found: str = self.value(
            "SELECT snapshot_digest FROM policies_assessment ORDER BY id DESC LIMIT 1"
        )
        return found

    def crawls_well(self) -> None:
        """Left to itself, the portal takes the next crawl and ends with today's posture."""
        before = self.assessments()
        self.ask_for_crawl()
        wait_for(lambda: self.assessments() > before, "the next crawl is judged")
        wait_for(lambda: self.last_crawl()[0] == "completed", "the next crawl is complete")
        assert self.is_up_to_date()


def wait_for(condition: Callable[[], bool], what: str, seconds: float = SECONDS) -> None:
    """Return once `condition()`; while services are away it is taken as not met."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if condition():
                return
        except psycopg2.OperationalError:
            pass
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


def is_gone(id: int) -> bool:
    try:
        state = Path(f"/proc/{id}/stat").read_text().rpartition(")")[2].split()[0]
        threads = len(list(Path(f"/proc/{id}/task").iterdir()))
    except FileNotFoundError:
        return True
    # A zombie waits to be told of to its parent. It has closed everything once its last thread
    # has ended: until then Valkey would hand tasks to the dead, and only silence would tell.
    return state in "ZX" and threads == 1


@pytest.fixture
def tell_boto_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[Patient], None]:
    """This process reads the same organization, to compare."""

    def tell(patient: Patient) -> None:
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        for name, text in CREDENTIALS.items():
            monkeypatch.setenv(name, text)
        monkeypatch.setenv("AWS_ENDPOINT_URL", patient.endpoint.url)

    return tell


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Patient]:
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux ends the children of a killed parent")
    # Not below pytest's own folder, which root's Postgres could not enter.
    state = Path(tempfile.mkdtemp(prefix="portal-faults-", dir="/var/tmp"))
    with disk_of_its_own(state) as small:
        yield from living(Patient(state, tmp_path_factory.mktemp("faults") / "output", small))
    shutil.rmtree(state)


@contextmanager
def disk_of_its_own(state: Path) -> Iterator[bool]:
    """A small file system at `state`, where the machine lets us mount one."""
    options = ["-t", "tmpfs", "-o", f"size={DISK}", "portal-faults", str(state)]
    try:
        done = subprocess.run(["mount", *options], check=False, capture_output=True)
        small = done.returncode == 0
    except FileNotFoundError:
        small = False
    try:
        yield small
    finally:
        if small:
            # Lazily, since the last of the killed may still be closing their files.
            subprocess.run(["umount", "--lazy", str(state)], check=True)


def living(patient: Patient) -> Iterator[Patient]:
    with patient.endpoint:
        try:
            patient.start()
            yield patient
            patient.running.stop(signal.SIGTERM)
        finally:
            for process in patient.portal.processes():
                os.kill(process, signal.SIGKILL)


@pytest.fixture
def patient(started: Patient, tell_boto_of: Callable[[Patient], None]) -> Patient:
    """The portal, well and with a posture."""
    tell_boto_of(started)
    started.changes.clear()
    return started
