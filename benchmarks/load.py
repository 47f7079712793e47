"""50 people and 20 API clients at 50,000 accounts, while one crawl after another commits.

`./portal bench load [--minutes N]` runs the portal's own processes, as a deployment on two cores
does, on a durable PostgreSQL and against a simulated AWS whose accounts move between crawls.
Everything is on loopback, ends after N minutes, and what is started ends with this process.
"""

import argparse
import json
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from multiprocessing.connection import Connection
from typing import Final

from benchmarks.large import UNITS, before_and_after, large_organization
from benchmarks.load_report import Asked, report
from benchmarks.memory import resident
from guardrails_portal.local import programs, simulated_aws
from guardrails_portal.local.children import Child, Recipe, stop
from guardrails_portal.local.folders import PROJECT, Folders
from guardrails_portal.processes import answers_ping, web_is_well
from tests.simulated import Endpoint, Faults, SimulatedOrganization

PEOPLE, CLIENTS = 50, 20
# Not in the lock: its packages are many, and nothing else needs them.
LOCUST: Final = "locust==2.47.0"
# So many times AWS's rates that one crawl at least is read and stored in the time.
SCALE, SCALE_OF_A_MINUTE = 5, 30
PASSWORD: Final = "correct-horse-battery-staple"  # noqa: S105 - of users who live for minutes


@dataclass
class Load:
    """The processes under load, and what was seen of them."""

    minutes: int
    folders: Folders
    children: list[Child] = field(default_factory=list)
    # MiB by process, one for each minute that has passed.
    memory: dict[str, list[float]] = field(default_factory=dict)

    def look_at_memory(self) -> None:
        postmaster = self.folders.state / "postgres" / "data" / "postmaster.pid"
        leaders = {one.name: one.process.pid for one in self.children}
        leaders["postgres"] = int(postmaster.read_text().split()[0])
        for name in ("web", "worker", "beat", "postgres"):
            self.memory.setdefault(name, []).append(resident(leaders[name]))


def main() -> None:
    parser = argparse.ArgumentParser(prog="./portal bench load", description=__doc__)
    parser.add_argument("--minutes", type=int, default=10, help="from 1 to 60; default: 10")
    minutes = parser.parse_args().minutes
    if not 1 <= minutes <= 60:
        parser.error(f"--minutes {minutes} is not between 1 and 60.")
    if not sys.platform.startswith("linux"):
        parser.error("memory is measured as Linux tells it: run this on Linux.")
    with (
        large_organization(durable=True) as folders,
        _aws(max(SCALE, SCALE_OF_A_MINUTE / minutes)) as aws,
    ):
        load = Load(minutes, folders)
        try:
            _start(load)
            crawls = _run(load, aws)
        finally:
            stop(load.children)
        sys.exit(report(folders.state, load.memory, crawls))


def _start(load: Load) -> None:
    """Web, worker and beat, and who asks them."""
    port = simulated_aws.free_port()
    # As .env says them; two web processes, for two cores.
    os.environ |= {"ALLOWED_HOSTS": "127.0.0.1", "WEB_CONCURRENCY": "2"}
    web = programs.start_web(load.folders, port)
    load.children += [web, programs.start_worker(load.folders), programs.start_beat(load.folders)]
    web.wait_until(partial(web_is_well, port))
    load.children[1].wait_until(partial(answers_ping, "celery", 0.3))
    _know_whom_crawls_read()
    given = load.folders.state / "clients.json"
    given.write_text(json.dumps(_people_and_tokens()))
    load.children.append(
        Child(
            Recipe(
                name="locust",
                command=[
                    *(sys.executable, "-m", "uv", "tool", "run", "--from", LOCUST, "locust"),
                    *("--locustfile", PROJECT / "benchmarks" / "load_clients.py", "--headless"),
                    *("--host", f"http://127.0.0.1:{port}", "--users", str(PEOPLE + CLIENTS)),
                    *("--spawn-rate", "1", "--run-time", f"{load.minutes}m"),
                    *("--stop-timeout", "30", "--exit-code-on-error", "0", "--only-summary"),
                    *("--csv", load.folders.state / "load"),
                    *("--json-file", load.folders.state / "load"),
                ],
                log=load.folders.log("locust"),
                environment=os.environ | {"PORTAL_LOAD": str(given)},
            )
        )
    )


def _run(load: Load, aws: Connection) -> list[Asked]:
    """Crawl and look at the memory until locust has ended."""
    locust = load.children[-1]
    crawls: list[Asked] = []
    started = time.monotonic()
    while locust.alive:
        passed = time.monotonic() - started
        if passed > 60 * (load.minutes + 2):
            raise RuntimeError(f"locust does not end: {locust.last_words()}")
        if passed >= 60 * (1 + len(load.memory.get("web", []))):
            load.look_at_memory()
        if dead := [one.name for one in load.children[:-1] if not one.alive]:
            raise RuntimeError(f"{', '.join(dead)} ended under load.")
        if not crawls or (crawls[-1].is_over() and passed + crawls[-1].seconds < 60 * load.minutes):
            aws.send("move")
            aws.recv()
            crawls.append(Asked.now(passed))
        time.sleep(0.5)
    if locust.process.returncode:
        raise RuntimeError(f"locust failed: {locust.last_words()}")
    crawls[-1].is_over()
    return crawls


def _know_whom_crawls_read() -> None:
    """As after a first crawl: pages show that one of theirs runs, and ask how far it is."""
    from accounts.connections import environment_connection
    from accounts.models import Connection, Organization

    found = Organization.objects.get()
    Connection.objects.filter(pk=environment_connection().pk).update(organization=found)


def _people_and_tokens() -> dict[str, object]:
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    from accounts.auditing import PORTAL
    from guardrails_portal.people.models import User
    from guardrails_portal.people.services.tokens import create_token

    hashed = make_password(PASSWORD)
    names = [f"person-{n}" for n in range(PEOPLE)]
    people = User.objects.bulk_create(User(username=name, password=hashed) for name in names)
    ends = timezone.now() + timedelta(days=1)
    tokens = [create_token(PORTAL, one, "load", "read", ends)[1] for one in people[:CLIENTS]]
    return {"people": names, "password": PASSWORD, "tokens": tokens}


@contextmanager
def _aws(scale: float) -> Iterator[Connection]:
    """The simulated AWS in a process of its own, which moves accounts when it is told to."""
    here, there = multiprocessing.Pipe()
    spawn = multiprocessing.get_context("spawn")
    serving = spawn.Process(target=_serve, args=(there, scale), daemon=True)
    serving.start()
    os.environ |= simulated_aws.variables(here.recv()) | {"CRAWL_RATE_SHARE": str(scale)}
    try:
        yield here
    finally:
        serving.kill()
        serving.join()


def _serve(pipe: Connection, scale: float) -> None:
    made = SimulatedOrganization.of(before_and_after()[1])
    units, chance = list(made.units), random.Random(1)
    with Endpoint(made, Faults(throttle=True, time_scale=scale)) as endpoint:
        pipe.send(endpoint.url)
        while pipe.recv() == "move":
            for account in chance.sample(list(made.accounts), len(made.accounts) // 100):
                made.move(account, units[chance.randrange(UNITS)])
            pipe.send("moved")


if __name__ == "__main__":
    main()
