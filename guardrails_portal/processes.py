"""The portal's processes, started the same by `./portal` and in a container.

`python -m guardrails_portal.processes web --bind 0.0.0.0:8000` becomes that process (further
words are handed on), `… check web` exits with 0 when it is well.
"""

import http.client
import os
import socket
import sys
from collections.abc import Callable, Sequence
from typing import Final

from django.core.exceptions import ImproperlyConfigured

from guardrails_portal.environment import FOR_TASKS, FOR_WEB, read_environment

_CELERY: Final = ("celery", "-A", "guardrails_portal")

COMMANDS: Final[dict[str, tuple[str, ...]]] = {
    "web": (
        *("gunicorn", "guardrails_portal.wsgi"),
        # A page waits for the database most of its time. WEB_CONCURRENCY adds processes.
        *("--worker-class", "gthread", "--threads", "8"),
        # Longer than proxies keep an idle connection (Caddy two minutes, others less): whoever
        # closes first must not be us, or a request on its way meets a closed door.
        *("--keep-alive", "130"),
        # It would be a file below a home that the container does not have.
        "--no-control-socket",
    ),
    "worker": (
        *(*_CELERY, "worker"),
        # A crawl waits for AWS: threads do that in a seventh of the time of two processes.
        *("--pool", "threads", "--concurrency", "16"),
        *("--without-mingle", "--without-gossip", "--loglevel", "INFO"),
    ),
    # Without remote control nobody could ask whether it is alive.
    "beat": (*_CELERY, "beat", "--enable-remote-control", "--loglevel", "INFO"),
}
_READY: Final = "/health/ready"
_SECONDS: Final = 8


def command(name: str, *words: str) -> list[str]:
    """The command line of one process, to be run by this interpreter's environment."""
    program, *rest = COMMANDS[name]
    return [sys.executable, "-m", program, *rest, *words]


def environment() -> dict[str, str]:
    """What a process is started with: this one's environment, and what is not set there."""
    # glibc gives each thread a heap of its own, and none of them shrinks: after some thousand pages
    # a web process held a fifth more.
    return {"MALLOC_ARENA_MAX": "2"} | os.environ


def web_is_well(port: int = 8000) -> bool:
    """Ask the web process in this container, by a name that ALLOWED_HOSTS admits."""
    host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".*") or "localhost"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    try:
        connection.request("GET", _READY, headers={"Host": host})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def answers_ping(kind: str, seconds: float = _SECONDS) -> bool:
    """Ask the Celery process of this host, through the broker."""
    from kombu.exceptions import OperationalError

    from guardrails_portal.celery import app

    name = f"{kind}@{socket.gethostname()}"
    try:
        return bool(app.control.inspect([name], timeout=seconds).ping())
    except OperationalError:
        return False


CHECKS: Final[dict[str, Callable[[], bool]]] = {
    "web": web_is_well,
    "worker": lambda: answers_ping("celery"),
    "beat": lambda: answers_ping("celerybeat"),
}


def main(words: Sequence[str]) -> int:
    match words:
        case ["check", name] if name in CHECKS:
            return 0 if CHECKS[name]() else 1
        case [name, *rest] if name in COMMANDS:
            try:
                read_environment().require(FOR_WEB if name == "web" else FOR_TASKS)
            except ImproperlyConfigured as error:
                print(error, file=sys.stderr)  # noqa: T201
                return 2
            line = command(name, *rest)
            os.execve(line[0], line, environment())  # noqa: S606 - becoming it is the purpose
        case _:
            print(f"Say one of: {', '.join(COMMANDS)}; or check and one of these.", file=sys.stderr)  # noqa: T201
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
