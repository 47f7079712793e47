"""Child processes that end with their parent, however that ends."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
KILL_SECONDS = 10
START_SECONDS = 30


class ServiceError(Exception):
    """A service does not start or does not stay up; its str is one sentence for a person."""


def _prctl() -> Callable[[int, int], int] | None:
    """Linux's prctl; loaded before any fork, since loading is not safe after one."""
    if not sys.platform.startswith("linux"):
        return None
    function: Callable[[int, int], int] = ctypes.CDLL(None, use_errno=True).prctl
    return function


PRCTL = _prctl()


@dataclass(frozen=True)
class Recipe:
    """How to start a child: its command, environment, signals and, for root's sake, its user."""

    name: str
    command: Sequence[str | Path]
    log: Path
    environment: Mapping[str, str] | None = None
    folder: Path | None = None
    user: pwd.struct_passwd | None = None
    # Ends it in an orderly way.
    stop_signal: signal.Signals = signal.SIGTERM
    # So long it may take for that; then it is ended by force.
    stop_seconds: float = 1.5
    # Ends it at once, with all that it has started.
    kill_signal: signal.Signals = signal.SIGKILL
    # Sent by the kernel when this process is gone: nobody is left to send a second one.
    orphan_signal: signal.Signals = signal.SIGKILL


class Child:
    """A started `Recipe`: the leader of a session of its own, so that Ctrl-C reaches us alone."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.name = recipe.name
        user = recipe.user
        with recipe.log.open("ab") as log:
            self.log_start = log.tell()
            self.process = subprocess.Popen(
                [str(word) for word in recipe.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=recipe.environment,
                cwd=recipe.folder,
                start_new_session=True,
                # Runs after the change of user, which would clear the parent-death signal.
                preexec_fn=_ending_with(os.getpid(), recipe.orphan_signal),  # noqa: PLW1509
                user=user.pw_uid if user else None,
                group=user.pw_gid if user else None,
                extra_groups=[] if user else None,
            )

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def last_words(self) -> str:
        """The last line that it logged since this start, to be shown to a person."""
        with self.recipe.log.open("rb") as log:
            log.seek(self.log_start)
            lines = log.read().decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Return once `ready()`; stop it and raise ServiceError when it ends or time runs out."""
        started = time.monotonic()
        try:
            while not self.starts(ready, time.monotonic() - started):
                time.sleep(0.02)
        except BaseException:
            stop([self])
            raise

    def starts(self, ready: Callable[[], bool], waited: float) -> bool:
        """Whether it is ready; raise ServiceError when it has ended or took too long."""
        if ready():
            return True
        if not self.alive:
            raise ServiceError(
                f"{self.name} ended while it started: {self.last_words()} (see {self.recipe.log})"
            )
        if waited > START_SECONDS:
            raise ServiceError(
                f"{self.name} was not ready within {START_SECONDS} s: see {self.recipe.log}"
            )
        return False


def stop(children: Iterable[Child]) -> None:
    """End them side by side, in an orderly way as long as each may take, then by force."""
    children = list(children)
    for child in children:
        if child.alive:
            child.process.send_signal(child.recipe.stop_signal)
    started = time.monotonic()
    for child in children:
        while child.alive and time.monotonic() - started < child.recipe.stop_seconds:
            time.sleep(0.02)
        if child.alive:
            _signal_group(child, child.recipe.kill_signal)
        try:
            child.process.wait(KILL_SECONDS)
        except subprocess.TimeoutExpired:
            _signal_group(child, signal.SIGKILL)
            child.process.wait()


def _signal_group(leader: Child, number: signal.Signals) -> None:
    try:
        os.killpg(leader.process.pid, number)
    except ProcessLookupError:
        return


def _ending_with(parent: int, orphan_signal: signal.Signals) -> Callable[[], None]:
    def prepare() -> None:
        if PRCTL is not None:
            PRCTL(PR_SET_PDEATHSIG, orphan_signal)
            # The parent may have gone before the kernel was asked to watch it.
            if os.getppid() != parent:
                os.kill(os.getpid(), signal.SIGKILL)

    return prepare
