"""The files that a command is given; raises CommandError (exit status 2), one sentence each."""

from pathlib import Path

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


def read_snapshot(path: str, text: str) -> OrganizationSnapshot:
    """The snapshot whose text that file holds."""
    try:
        return loads(text)
    except SnapshotError as error:
        raise CommandError(f"{path}: {error}", returncode=2) from None
