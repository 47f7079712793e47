"""Folders that the embedded services keep their data and sockets in."""

import hashlib
import os
import pwd
import re
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from guardrails_portal.local.children import ServiceError

PROJECT = Path(__file__).resolve().parent.parent.parent
# The kernel's limit for a socket's path is 104 bytes on macOS and 108 on Linux.
LONGEST_SOCKET_FOLDER = 80


@dataclass(frozen=True)
class Folders:
    """Where one set of services lives. Nobody but their users can enter `state` or `sockets`."""

    state: Path
    sockets: Path

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"


def project_folders() -> Folders:
    """The folders of this checkout; made where they are missing.

    PORTAL_STATE chooses another place. Else an ordinary user's state lies in the checkout, and
    root's outside of it, since Postgres refuses root and `nobody` may be unable to reach it.
    """
    chosen = os.environ.get("PORTAL_STATE")
    digest = hashlib.sha256(os.fsencode(chosen or PROJECT)).hexdigest()[:16]
    if chosen:
        return make_folders(Path(chosen).absolute(), f"portal-{os.geteuid()}-{digest}")
    state = Path(f"/var/tmp/portal-{digest}") if os.geteuid() == 0 else PROJECT / ".portal"  # noqa: S108 - checked
    return make_folders(state, f"portal-{os.geteuid()}-{digest}")


def make_folders(state: Path, sockets_name: str) -> Folders:
    """Make `state` and a folder for sockets: the same where its path can be a socket's."""
    _make_private(state)
    sockets = state
    # Sockets' paths become URLs, which not everyone unquotes alike.
    if len(os.fsencode(state)) > LONGEST_SOCKET_FOLDER or not re.fullmatch(r"[\w./-]+", str(state)):
        sockets = Path(tempfile.gettempdir()).resolve() / sockets_name
        _make_private(sockets)
    folders = Folders(state, sockets)
    folders.logs.mkdir(mode=0o700, exist_ok=True)
    return folders


def database_user() -> pwd.struct_passwd | None:
    """Whom Postgres runs as where it can't run as this process's user: root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _make_private(folder: Path) -> None:
    """Make `folder`, or check that it is ours: others can write to where it lies."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise ServiceError(
            f"{folder} is not a folder of this user: remove it, the portal makes a new one."
        )
    user = database_user()
    if user is None:
        folder.chmod(0o700)
    else:
        os.chown(folder, -1, user.pw_gid)
        folder.chmod(0o710)
