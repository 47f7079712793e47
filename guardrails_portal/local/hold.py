"""One set of services per checkout: who holds it, and how others reach it meanwhile."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from guardrails_portal.local.children import ServiceError
from guardrails_portal.local.folders import Folders


@contextmanager
def held(folders: Folders, purpose: str) -> Iterator[None]:
    """Hold the services of this checkout; raise ServiceError where somebody does already.

    The kernel lets go of it when this process ends, however it ends. `purpose` tells others
    what holds it: "./portal demo at http://127.0.0.1:8000/".
    """
    with (folders.state / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _read(folders).get("purpose", "another `./portal`")
            raise ServiceError(
                f"The services of this folder are in use by {holder}: stop that first, with "
                "Ctrl-C where it runs."
            ) from None
        try:
            publish(folders, purpose, {})
            yield
        finally:
            (folders.state / "running.json").unlink(missing_ok=True)


def publish(folders: Folders, purpose: str, variables: Mapping[str, str]) -> None:
    """Tell other commands of this user by which `variables` they reach the held services."""
    unfinished = folders.state / "running.json.unfinished"
    unfinished.write_text(json.dumps({"purpose": purpose, "variables": dict(variables)}))
    unfinished.chmod(0o600)
    unfinished.replace(folders.state / "running.json")


def variables_of_holder(folders: Folders) -> dict[str, str]:
    """The variables that lead to the services held now; none where nobody holds them."""
    with (folders.state / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            variables: dict[str, str] = _read(folders).get("variables", {})
            return variables
    return {}


def secret_key(folders: Folders) -> str:
    """This checkout's SECRET_KEY: made once, so that sessions outlive a restart."""
    path = folders.state / "secret-key"
    if not path.is_file():
        unfinished = path.with_suffix(f".{os.getpid()}")
        unfinished.touch(mode=0o600)
        unfinished.write_text(secrets.token_urlsafe(64))
        unfinished.replace(path)
    return path.read_text()


def _read(folders: Folders) -> dict[str, dict[str, str]]:
    try:
        found: dict[str, dict[str, str]] = json.loads((folders.state / "running.json").read_text())
    except (OSError, ValueError):
        return {}
    return found
