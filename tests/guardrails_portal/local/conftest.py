"""Folders for services of a test's own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from guardrails_portal.local.folders import Folders, make_folders


@pytest.fixture
def folders() -> Iterator[Folders]:
    # Not below pytest's own folder, which root's Postgres could not enter.
    state = Path(tempfile.mkdtemp(prefix="portal-folders-", dir="/var/tmp"))
    yield make_folders(state, f"{state.name}-sockets")
    shutil.rmtree(state)
