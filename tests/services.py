"""Services for a while: those of the tests, and those of a benchmark."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from guardrails_portal.local.children import Child, stop
from guardrails_portal.local.folders import Folders, make_folders
from guardrails_portal.local.services import start_services


@contextmanager
def temporary_services(purpose: str, *, durable: bool) -> Iterator[Folders]:
    """Name in `os.environ` what it lacks, started in folders that go when the context ends.

    They lie where `nobody` can go, who runs Postgres for root: TMPDIR may be in root's home.
    """
    place = "/var/tmp" if os.geteuid() == 0 else None  # noqa: S108 - mkdtemp is safe there
    state = Path(tempfile.mkdtemp(prefix=f"portal-{purpose}-", dir=place))
    folders = make_folders(state, f"{state.name}-sockets")
    started: list[Child] = []
    try:
        os.environ |= start_services(folders, os.environ, "portal", started, durable=durable)
        yield folders
    finally:
        stop(started)
        for folder in (folders.state, folders.sockets):
            shutil.rmtree(folder, ignore_errors=True)
