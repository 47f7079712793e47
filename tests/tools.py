"""Programs that tests need beside Python."""

import os
import shutil

import pytest


def installed(name: str, *otherwise: str) -> str:
    """The path of a program, by its Debian package's name or another that it goes by.

    Without it the test skips, or fails where `PORTAL_REQUIRE_TOOLS` is 1.
    """
    for one in (name, *otherwise):
        path = shutil.which(one)
        if path is not None:
            return path
    without = f"No {name} is installed: apt-get install {name}"
    if os.environ.get("PORTAL_REQUIRE_TOOLS") == "1":
        pytest.fail(without)
    pytest.skip(without)
