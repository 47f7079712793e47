"""Starts everything, watches it, and stops everything."""

import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from types import FrameType
from typing import Self

from guardrails_portal.local import programs
from guardrails_portal.local.children import Child, ServiceError, stop
from guardrails_portal.local.folders import Folders, project_folders
from guardrails_portal.local.hold import held, publish
from guardrails_portal.local.services import own_settings, start_services
from guardrails_portal.processes import answers_ping, web_is_well

# Beat and worker answer in milliseconds, or are not there yet.
PING_SECONDS = 0.3
# A child that dies more often than this within a minute is not started again.
RESTARTS_A_MINUTE = 3


class Stopped(BaseException):
    """A signal asked for the end; not an Exception, so that nothing on the way swallows it."""


class Supervisor:
    """The services and programs of one checkout, from start to stop.

    Use as a context manager: whatever was started is stopped at its end, whatever the end.
    """

    def __init__(self, purpose: str, database: str, port: int) -> None:
        self.purpose = f"`{purpose}` at {address(port)}"
        self.database = database
        self.port = port
        self.folders: Folders = project_folders()
        self.children: list[Child] = []
        self.deaths: list[tuple[float, str]] = []
        self.stack = ExitStack()

    def __enter__(self) -> Self:
        # A script's shell has what it puts in the background ignore SIGINT, but who sends one
        # means it. So does `nohup`: SIGHUP stays ignored where it was.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _raise_stopped)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, _raise_stopped)
        self.stack.enter_context(held(self.folders, self.purpose))
        return self

    def __exit__(self, *_: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        # What uses Postgres and Valkey goes before them.
        ours = {"web", "worker", "beat", "moto"}
        stop(child for child in self.children if child.name in ours)
        stop(child for child in self.children if child.name not in ours)
        self.stack.close()

    def start_services(self) -> None:
        """Start Postgres and Valkey, and point this process and its children at them."""
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guardrails_portal.settings")
        os.environ |= own_settings(self.folders)
        os.environ |= start_services(
            self.folders, os.environ, self.database, self.children, announce=announce
        )

    def migrate(self) -> None:
        import django
        from django.core.management import call_command

        django.setup()
        # Of this process; what the others log goes to their files.
        logging.getLogger().setLevel(logging.WARNING)
        say("Bringing the database up to date …")
        call_command("migrate", interactive=False, verbosity=0)

    def publish(self, *names: str) -> None:
        """Let other `./portal` commands use the same services, AWS's address among them."""
        shared = ("DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", *names)
        variables = {name: os.environ[name] for name in shared if name in os.environ}
        publish(self.folders, self.purpose, variables)

    def start_programs(self) -> None:
        """Start web, worker and beat side by side, without waiting."""
        self.children += [
            programs.start_web(self.folders, self.port),
            programs.start_worker(self.folders),
            programs.start_beat(self.folders),
        ]

    def wait_for_programs(self) -> None:
        """Return when web, worker and beat answer; raise ServiceError as soon as one cannot."""
        waiting: dict[str, tuple[Callable[[], bool], str]] = {
            "web": (partial(web_is_well, self.port), address(self.port)),
            "worker": (partial(answers_ping, "celery", PING_SECONDS), "takes tasks"),
            "beat": (partial(answers_ping, "celerybeat", PING_SECONDS), "keeps the schedule"),
        }
        started = time.monotonic()
        while waiting:
            for name, (is_well, where) in list(waiting.items()):
                if self.child(name).starts(is_well, time.monotonic() - started):
                    announce(name, where)
                    del waiting[name]

    def child(self, name: str) -> Child:
        return next(child for child in self.children if child.name == name)

    def watch(
        self,
        *,
        after_restart: Callable[[str], None] = lambda _name: None,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> None:
        """Start again what dies, until a signal; raise ServiceError where that does not help."""
        while True:
            for child in [child for child in self.children if not child.alive]:
                self._start_again(child)
                after_restart(child.name)
            meanwhile()
            time.sleep(0.2)

    def _start_again(self, child: Child) -> None:
        now = time.monotonic()
        self.deaths = [death for death in self.deaths if death[0] > now - 60]
        self.deaths.append((now, child.name))
        count = [name for _, name in self.deaths].count(child.name)
        if count > RESTARTS_A_MINUTE:
            raise ServiceError(
                f"{child.name} ends again and again: {child.last_words()} (see {child.recipe.log})"
            )
        say(f"{child.name} ended unexpectedly and is started again: see {child.recipe.log}")
        # What it left behind (Postgres's own children, a port) needs a moment to go.
        time.sleep(count * 0.5)
        self.children[self.children.index(child)] = Child(child.recipe)


def address(port: int) -> str:
    return f"http://127.0.0.1:{port}/"


def announce(name: str, where: str) -> None:
    say(f"  {name:<9}{where}")


def say(line: str) -> None:
    # Whoever reads along through a pipe may have gone; that is no reason to stop.
    try:
        print(line, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _raise_stopped(_number: int, _frame: FrameType | None) -> None:
    raise Stopped
