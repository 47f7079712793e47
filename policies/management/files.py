"""The files that a command is given; raises CommandError (exit status 2), one sentence each."""

import os
from collections.abc import Iterable
from pathlib import Path
from tempfile import mkstemp

from django.core.management.base import CommandError

from accounts.snapshot import OrganizationSnapshot
from accounts.snapshot_codec import SnapshotError, loads


def read_text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        message = f"{path}: can't be read: {error.strerror}"
    except UnicodeDecodeError:
        message = f"{path}: is not UTF-8 text"
    except ValueError as error:
        # A path with NUL, which no system call takes.
        message = f"{path!r}: can't be read: {error}"
    raise CommandError(message, returncode=2)


def write(path: Path, pieces: Iterable[bytes]) -> None:
    """Readers see the whole old file or the whole new one; a device or a pipe takes the pieces."""
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                file.writelines(pieces)
        else:
            _replace(path, pieces)
    except OSError as problem:
        raise CommandError(f"{path} can't be written: {problem.strerror}.", returncode=2) from None


def _replace(path: Path, pieces: Iterable[bytes]) -> None:
    """Write beside it and rename."""
    handle, name = mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(pieces)
        beside.chmod(0o644)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def read_snapshot(path: str, text: str) -> OrganizationSnapshot:
    """The snapshot whose text that file holds."""
    try:
        return loads(text)
    except SnapshotError as error:
        raise CommandError(f"{path}: {error}", returncode=2) from None
