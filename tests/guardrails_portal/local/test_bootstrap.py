"""The first start on a machine that has Python alone: real venv, real installers, a small lock."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent.parent
# Stands where the words are that the installed packages make possible.
WORDS = """
import sys
from pathlib import Path

import sqlparse


def act(arguments):
    print(*arguments, Path(sys.prefix).name, sqlparse.__name__)
    return 3
"""
DONE = "one two three .venv sqlparse\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose lock holds one package, in a folder with a space in its name."""
    folder = tmp_path / "my checkout"
    local = folder / "guardrails_portal" / "local"
    local.mkdir(parents=True)
    shutil.copy(PROJECT / "portal", folder)
    shutil.copy(PROJECT / "guardrails_portal" / "local" / "bootstrap.py", local)
    (local / "words.py").write_text(WORDS)
    lock = (PROJECT / "requirements.lock").read_text()
    package = re.search(r"^sqlparse==.*?(?=^\S)", lock, re.MULTILINE | re.DOTALL)
    assert package is not None
    (folder / "requirements.lock").write_text(package[0])
    return folder


def environment(path: str) -> dict[str, str]:
    return {**os.environ, "PATH": path}


# uv, where the tests' own environment has it, then the system's programs.
WITH_UV = f"{Path(sys.executable).parent}:/usr/bin:/bin"


def start(checkout: Path, path: str = WITH_UV) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        # Python as the machine has it, not that of the tests' environment.
        [Path(sys.base_prefix) / "bin" / "python3", checkout / "portal", "one", "two", "three"],
        env=environment(path),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_first_start_installs_and_the_second_goes_straight_on(checkout: Path) -> None:
    first, second = start(checkout), start(checkout)

    assert (first.returncode, first.stdout) == (3, DONE), first.stderr
    assert first.stderr.startswith("Making the virtual environment .venv …\nInstalling 1 packages")
    assert (second.returncode, second.stdout, second.stderr) == (3, DONE, "")


def test_a_changed_lock_is_installed(checkout: Path) -> None:
    start(checkout)
    lock = checkout / "requirements.lock"
    lock.write_text(lock.read_text() + "# changed\n")

    done = start(checkout)

    assert (done.returncode, done.stdout) == (3, DONE)
    # What is there is built on.
    assert done.stderr.startswith("Installing 1 packages with uv …\nInstalled in ")


def test_an_environment_of_a_python_that_is_gone_is_made_anew(checkout: Path) -> None:
    start(checkout)
    python = checkout / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3")

    done = start(checkout)

    assert (done.returncode, done.stdout) == (3, DONE), done.stderr


def test_a_start_that_was_cut_off_is_done_again(checkout: Path) -> None:
    process = subprocess.Popen(
        [Path(sys.base_prefix) / "bin" / "python3", checkout / "portal", "one"],
        env=environment(WITH_UV),
        stderr=subprocess.DEVNULL,
    )
    while not (checkout / ".venv" / "pyvenv.cfg").exists():
        time.sleep(0.005)
    process.kill()
    process.wait()
    assert not (checkout / ".venv" / "portal-stamp").exists()

    done = start(checkout)

    assert (done.returncode, done.stdout) == (3, DONE), done.stderr


def test_pip_installs_where_uv_cannot(checkout: Path, tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    uv = programs / "uv"
    uv.write_text("#!/bin/sh\necho no such index; exit 1\n")
    uv.chmod(0o755)

    done = start(checkout, f"{programs}:{WITH_UV}")

    assert (done.returncode, done.stdout) == (3, DONE), done.stderr
    assert "  no such index\nuv could not, so pip does.\n" in done.stderr


def test_a_package_that_is_not_what_the_lock_says_is_refused(checkout: Path) -> None:
    lock = checkout / "requirements.lock"
    lock.write_text(re.sub(r"sha256:\w{8}", "sha256:00000000", lock.read_text()))

    done = start(checkout)

    assert done.returncode == 2
    assert done.stderr.endswith("could not be installed, as pip says above.\n")
    assert not (checkout / ".venv" / "portal-stamp").exists()


def test_without_any_installer_one_sentence_says_what_to_install(checkout: Path) -> None:
    bare = (
        "import importlib.util as u, runpy, sys; find = u.find_spec; "
        "u.find_spec = lambda name: None if name in ('pip', 'ensurepip') else find(name); "
        f"sys.argv = ['portal', 'one']; runpy.run_path({str(checkout / 'portal')!r}, "
        "run_name='__main__')"
    )

    done = subprocess.run(
        [Path(sys.base_prefix) / "bin" / "python3", "-c", bare],
        env=environment("/usr/bin:/bin"),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "apt-get install python3-venv" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_python_that_is_too_old_is_told_apart_before_anything_else() -> None:
    old = (
        "import runpy, sys; sys.version_info = (3, 9, 2); sys.argv = ['portal', 'demo']; "
        f"runpy.run_path({str(PROJECT / 'portal')!r}, run_name='__main__')"
    )

    done = subprocess.run([sys.executable, "-c", old], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert done.stderr.startswith("The portal needs Python 3.11 or newer, and this is 3.9:")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("words", [[], ["--help"], ["help"]])
def test_help_installs_nothing(checkout: Path, words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, checkout / "portal", *words], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0
    assert done.stdout.startswith("usage: ./portal WORD")
    assert not (checkout / ".venv").exists()
