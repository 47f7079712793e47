"""Makes the virtual environment `.venv` hold what requirements.lock says.

`portal` runs this file by its path before any package exists: the standard library alone.
"""

import ast
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

PROJECT = Path(__file__).resolve().parent.parent.parent
ENVIRONMENT = PROJECT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
LOCK = PROJECT / "requirements.lock"
STAMP = ENVIRONMENT / "portal-stamp"
# Which of pip's settings uv knows by which variable.
UV_VARIABLES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
}


def enter_environment(arguments: Sequence[str]) -> None:
    """Return inside `.venv`'s Python, with every package of the lock; become it if need be."""
    # Without compiled modules each child would start three times slower.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if STAMP.is_file() and STAMP.read_text() == _stamp() and PYTHON.exists():
        if Path(sys.prefix) != ENVIRONMENT:
            _become(arguments)
        return
    try:
        _make_current()
    except OSError as error:
        _refuse(f"{error.filename or ENVIRONMENT}: {error.strerror}.")
    except KeyboardInterrupt:
        _refuse("Stopped; the next start goes on.")
    _become(arguments)


def _become(arguments: Sequence[str]) -> NoReturn:
    sys.stdout.flush()
    os.execv(PYTHON, [str(PYTHON), str(PROJECT / "portal"), *arguments[1:]])  # noqa: S606


def _stamp() -> str:
    """What the environment depends on. The last thing written, so half a set-up has none."""
    version = ".".join(str(number) for number in sys.version_info[:2])
    return f"{hashlib.sha256(LOCK.read_bytes()).hexdigest()} python {version}\n"


def _make_current() -> None:
    with LOCK.open("rb") as lock:
        # A second start waits for the first instead of building on half of it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = _stamp()
        found = STAMP.read_text() if STAMP.is_file() else ""
        if found == stamp and PYTHON.exists():
            return
        started = time.monotonic()
        STAMP.unlink(missing_ok=True)
        # Packages of another Python, or those of an interrupted start, cannot be built on.
        if found.partition(" ")[2] != stamp.partition(" ")[2] or not PYTHON.exists():
            _say("Making the virtual environment .venv …")
            venv.EnvBuilder(symlinks=True, clear=True).create(ENVIRONMENT)
        _install()
        unfinished = STAMP.with_suffix(".unfinished")
        unfinished.write_text(stamp)
        unfinished.replace(STAMP)
        _say(f"Installed in {time.monotonic() - started:.0f} s.")


def _install() -> None:
    count = LOCK.read_text().count("==")
    pip = _pip()
    settings = _pip_settings(pip)
    uv = _uv(pip)
    if uv is not None:
        _say(f"Installing {count} packages with uv …")
        command = [*uv, "pip", "sync", "--require-hashes", "--python", PYTHON, LOCK]
        if _succeeds(command, environment=_uv_environment(settings)):
            return
        _say("uv could not, so pip does.")
    if pip is None:
        _refuse(
            "To install its packages the portal needs pip: install your system's package of it, "
            "such as `apt-get install python3-venv` or `dnf install python3-pip`."
        )
    _say(f"Installing {count} packages with pip (this takes a minute) …")
    command = [*pip, "--python", PYTHON, "install", "--no-input", "--require-hashes", "-r", LOCK]
    if not _succeeds(command):
        _refuse("The packages of requirements.lock could not be installed, as pip says above.")


def _pip() -> list[str] | None:
    """The command of a pip: this Python's, else one made in `.venv` from what Python brings."""
    if find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    own = [str(PYTHON), "-m", "pip"]
    if _succeeds([*own, "--version"], quiet=True):
        return own
    # Debian leaves an empty package where it takes ensurepip out.
    ensurepip = find_spec("ensurepip")
    if ensurepip is None or ensurepip.origin is None:
        return None
    _say("Unpacking pip …")
    return own if _succeeds([str(PYTHON), "-m", "ensurepip"]) else None


def _pip_settings(pip: list[str] | None) -> dict[str, str]:
    """pip's index, links and certificate, from its files and PIP_… variables."""
    if pip is None:
        return {}
    answer = subprocess.run([*pip, "config", "list"], capture_output=True, text=True, check=False)
    settings: dict[str, str] = {}
    # The later of these sections win, as with pip.
    for section in ("global", "install", ":env:"):
        for line in answer.stdout.splitlines():
            name, _, value = line.partition("=")
            if name in {f"{section}.{setting}" for setting in UV_VARIABLES}:
                with suppress(ValueError, SyntaxError):
                    settings[name.removeprefix(f"{section}.").lstrip(".")] = ast.literal_eval(value)
    return settings


def _uv(pip: list[str] | None) -> list[str | Path] | None:
    """The command of uv: from PATH, else the lock's own release of it installed beside."""
    found = shutil.which("uv")
    if found:
        return [found]
    if pip is None:
        return None
    folder = ENVIRONMENT / "uv"
    _say("Fetching uv, which installs the rest …")
    # The lock's own lines, so that uv's hash is checked like every other.
    block = LOCK.read_text().partition("\nuv==")[2].partition("\n    # via")[0]
    requirement = ENVIRONMENT / "uv.lock"
    requirement.write_text(f"uv=={block}\n")
    options: list[str | Path] = [
        "--quiet",
        "--no-input",
        "--no-deps",
        "--upgrade",
        "--target",
        folder,
    ]
    if not _succeeds([*pip, "install", *options, "--require-hashes", "-r", requirement]):
        return None
    return [folder / "bin" / "uv"]


def _uv_environment(settings: dict[str, str]) -> dict[str, str]:
    environment = {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "UV_NO_CONFIG": "1"}
    for setting, variable in UV_VARIABLES.items():
        if setting in settings:
            environment[variable] = settings[setting]
    # pip takes each package from any of its indexes; the hashes make that safe.
    environment["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return environment | os.environ


def _succeeds(
    command: Sequence[str | Path],
    *,
    environment: dict[str, str] | None = None,
    quiet: bool = False,
) -> bool:
    """Run it; when it fails, show the end of what it said."""
    done = subprocess.run(
        [str(word) for word in command],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode and not quiet:
        for line in done.stdout.strip().splitlines()[-5:]:
            _say(f"  {line}")
    return done.returncode == 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _refuse(sentence: str) -> NoReturn:
    _say(sentence)
    sys.exit(2)
