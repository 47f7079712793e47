"""The people and the API clients of `load`, as locust plays them.

Runs in locust's own environment and knows of the portal only the file that $PORTAL_LOAD names:
JSON with `people` (user names), their `password`, and `tokens`. Whatever is not the whole answer
that was asked for counts as a failure.
"""

import html
import itertools
import json
import os
import random
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Final

from locust import HttpUser, between, constant

GIVEN: Final = json.loads(Path(os.environ["PORTAL_LOAD"]).read_text())
NAMES, TOKENS = itertools.cycle(GIVEN["people"]), itertools.cycle(GIVEN["tokens"])
# What each page asks again of itself, and how often it does.
POLL: Final = re.compile(r'hx-get="([^"]+crawl/status/[^"]*)"\s+hx-trigger="every (\d+)s"')
GUARDRAILS: Final = (
    "protect-infosec-roles",
    "prevent-login-profiles",
    "protect-cloudtrail",
    "prevent-s3-public-access",
    "prevent-organizations-actions",
)
VERDICTS: Final = 250_000


def _account() -> str:
    return str(100_000_000_000 + random.randint(1, 50_000))


# What people look at: how often, what it is, and one address of it.
PAGES: Final[tuple[tuple[int, str, Callable[[], str]], ...]] = (
    (4, "overview", lambda: ""),
    (6, "matrix", lambda: f"accounts/?page={random.randint(1, 20)}"),
    (3, "matrix, lacking", lambda: f"accounts/?status=lacking&guardrail={_guardrail()}"),
    (2, "matrix, a text", lambda: f"accounts/?q=account-{random.randint(10, 499)}"),
    (6, "account", lambda: f"accounts/{_account()}/"),
    (3, "guardrail", lambda: f"guardrails/{_guardrail()}/"),
    (2, "heat map", lambda: "accounts/heat-map/"),
    (2, "tree", lambda: "units/"),
    (3, "OU", lambda: f"units/ou-ab12-{random.randint(1, 2_000):08}/"),
    (2, "SCPs", lambda: "scps/"),
    (2, "SCP", lambda: f"scps/p-scp{random.randint(1, 490):05}/"),
    (2, "search", lambda: f"search/?q=account-{random.randint(10, 499)}"),
    (2, "changes", lambda: "changes/"),
    (1, "crawls", lambda: "crawls/"),
    (1, "reports", lambda: "reports/"),
)
# What programs ask for.
QUESTIONS: Final[tuple[tuple[int, str, Callable[[], str]], ...]] = (
    (6, "coverage", lambda: "coverage"),
    (4, "changes", lambda: "changes?page_size=100"),
    (4, "accounts, lacking", lambda: f"accounts?status=lacking&guardrail={_guardrail()}"),
    (4, "account", lambda: f"accounts/{_account()}"),
    (2, "verdicts", lambda: "verdicts?fields=status"),
    (2, "crawls", lambda: "crawls"),
    (1, "policies", lambda: "policies"),
)


def _guardrail() -> str:
    return random.choice(GUARDRAILS)


def _one_of(choices: tuple[tuple[int, str, Callable[[], str]], ...]) -> tuple[str, str]:
    """Name and address of one, by how often it is wanted."""
    ((_, name, address),) = random.choices(choices, [often for often, *_ in choices])
    return name, address()


class Person(HttpUser):  # type: ignore[misc]
    """Opens a page, reads it for two to five seconds, and opens the next; the page polls."""

    fixed_count = len(GIVEN["people"])

    def on_start(self) -> None:
        name = next(NAMES)
        while not self._log_in(name):
            time.sleep(5)

    def _log_in(self, name: str) -> bool:
        """False where the portal asks to try again in a moment, as it may ask of a crowd."""
        page = self.client.get("/login/", name="log-in page").text or ""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        form = {
            "login": name,
            "password": GIVEN["password"],
            "csrfmiddlewaretoken": token[1] if token else "",
        }
        sent = {"data": form, "allow_redirects": False, "catch_response": True}
        with self.client.post("/login/", name="log-in", **sent) as answer:
            if answer.status_code == 429:
                answer.request_meta["name"] = "log-in, asked to try again"
                answer.success()
            elif answer.status_code != 302:
                answer.failure(_said(answer, ""))
            return bool(answer.status_code == 302)

    def look(self) -> None:
        name, address = _one_of(PAGES)
        shown = self._get(f"/organization/{address}", name, "</html>")
        found = POLL.search(shown)
        leaves = time.monotonic() + random.uniform(2, 5)
        while found and time.monotonic() + int(found[2]) < leaves:
            time.sleep(int(found[2]))
            found = POLL.search(self._get(html.unescape(found[1]), "crawl status", "</div>"))
        time.sleep(max(0, leaves - time.monotonic()))

    def _get(self, address: str, name: str, end: str) -> str:
        with self.client.get(
            address, name=name, allow_redirects=False, catch_response=True
        ) as answer:
            text: str = answer.text or ""
            if answer.status_code != 200 or not text.rstrip().endswith(end):
                answer.failure(_said(answer, text[-40:]))
            return text

    tasks: ClassVar = [look]


class Program(HttpUser):  # type: ignore[misc]
    """Whatever has a token. locust hands tasks down to subclasses, so it has none."""

    abstract = True

    def on_start(self) -> None:
        self.client.headers["Authorization"] = f"Bearer {next(TOKENS)}"


class Client(Program):
    """Asks for one thing or another each five to ten seconds."""

    fixed_count = len(GIVEN["tokens"]) - 1
    wait_time = between(5, 10)

    def ask(self) -> None:
        name, address = _one_of(QUESTIONS)
        following = self._get(address, name).get("next")
        if following and name == "accounts, lacking":
            self._get(following.partition("/api/v1/")[2], "accounts, the next page")

    def _get(self, address: str, name: str) -> dict[str, Any]:
        with self.client.get(f"/api/v1/{address}", name=f"API {name}", catch_response=True) as got:
            if got.status_code != 200:
                got.failure(_said(got, (got.text or "")[:80]))
                return {}
            found: dict[str, Any] = got.json()
            return found

    tasks: ClassVar = [ask]


class Exporter(Program):
    """The one among them that takes all verdicts home, and a minute later again."""

    fixed_count = 1
    wait_time = constant(60)

    def export(self) -> None:
        address = "/api/v1/verdicts?format=ndjson&fields=status"
        with self.client.get(address, name="API all verdicts", catch_response=True) as got:
            lines = got.text.count("\n") if got.text else 0
            if got.status_code != 200 or lines < VERDICTS:
                got.failure(_said(got, f"{lines} lines"))

    tasks: ClassVar = [export]


def _said(answer: Any, text: str) -> str:
    """The failure of an answer: its status, or why there is none."""
    return f"answered by {answer.status_code or repr(answer.error)}: {text}"
