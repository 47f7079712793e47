"""`./portal` with real processes, on a state of its own."""

from __future__ import annotations

import http.cookiejar
import os
import re
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent.parent
# As `portal` goes on once the virtual environment is current.
ACT = "import sys; from guardrails_portal.local.words import act; sys.exit(act(sys.argv[1:]))"
# What the tests' own services are named by.
OF_THE_TESTS = ("SECRET_KEY", "DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL")
SECONDS_TO_START = 90


class Portal:
    """The words of `./portal`, all about the services in the folder `state`."""

    def __init__(self, state: Path, output: Path) -> None:
        self.state = state
        self.output = output
        self.environment = {
            **{name: text for name, text in os.environ.items() if name not in OF_THE_TESTS},
            "PORTAL_STATE": str(state),
            # Nobody's real credentials, and no question to a cloud machine's address.
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        for name in [name for name in self.environment if name.startswith("AWS_ACCESS")]:
            del self.environment[name]

    def do(self, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", ACT, *words],
            cwd=PROJECT,
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS_TO_START,
        )

    def start(self, *words: str) -> Running:
        with self.output.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-c", ACT, *words],
                cwd=PROJECT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        running = Running(process, self.output)
        running.wait_for("Log in as ")
        return running

    def processes(self) -> dict[int, str]:
        """Command lines of the living processes that belong to this state, by their id."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                environment = (folder / "environ").read_bytes()
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            # Postgres is told by its arguments: it is given no environment.
            if command and str(self.state) in f"{command} {environment!r}":
                found[int(folder.name)] = command
        return found

    def gone_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.processes() and time.monotonic() < deadline:
            time.sleep(0.05)
        return not self.processes()


class Running:
    """A started `demo` or `run`, and what it has printed."""

    def __init__(self, process: subprocess.Popen[bytes], output: Path) -> None:
        self.process = process
        self.output = output

    @property
    def said(self) -> str:
        return self.output.read_text()

    def wait_for(self, text: str) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while text not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.05)
        # The line is whole.
        while not self.said.endswith("\n"):
            time.sleep(0.01)

    @property
    def address(self) -> str:
        (address,) = re.findall(r"^Guardrails Portal is ready at (\S+)$", self.said, re.MULTILINE)
        return str(address)

    @property
    def credentials(self) -> tuple[str, str]:
        ((user, password),) = re.findall(r"^Log in as (\w+) / (\S+)$", self.said, re.MULTILINE)
        return user, password

    def matrix_after_sign_in(self) -> str:
        """The page that a person lands on who signs in as the output says."""
        cookies = http.cookiejar.CookieJar()
        browser = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(cookies), urllib.request.ProxyHandler({})
        )
        browser.open(self.address, timeout=10).close()
        (token,) = (cookie.value or "" for cookie in cookies if cookie.name == "csrftoken")
        user, password = self.credentials
        form = {"login": user, "password": password, "csrfmiddlewaretoken": token}
        login = f"{self.address}login/?next=/organization/accounts/"
        with browser.open(login, urllib.parse.urlencode(form).encode(), timeout=10) as page:
            assert page.url == f"{self.address}organization/accounts/"
            return str(page.read().decode())

    def stop(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=30)
