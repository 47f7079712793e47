"""The snapshot file that a command is given."""

from pathlib import Path

from django.core.management.base import CommandError

from accounts.snapshot import OrganizationSnapshot
from accounts.snapshot_codec import SnapshotError, loads


def read_snapshot(path: str) -> OrganizationSnapshot:
    """The file's snapshot; raises CommandError (exit status 2), one sentence on what is wrong."""
    try:
        return loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        message = f"{path}: can't be read: {error.strerror}"
    except UnicodeDecodeError:
        message = f"{path}: is not UTF-8 text"
    except SnapshotError as error:
        message = f"{path}: {error}"
    except ValueError as error:
        # A path with NUL, which no system call takes.
        message = f"{path!r}: can't be read: {error}"
    raise CommandError(message, returncode=2)
