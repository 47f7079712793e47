"""Server time and queries of the API's hot endpoints at 50,000 accounts; streams and their memory.

Milliseconds are of this machine; the ratio to a page that runs one query, measured in the same
run, carries over.
"""

from __future__ import annotations

import time
from functools import partial
from statistics import median, quantiles
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.table import Table

from benchmarks.large import ACCOUNTS, ONE_QUERY, large_organization
from benchmarks.memory import most_memory
from benchmarks.server_time import ratio, server_times
from benchmarks.tables import table

if TYPE_CHECKING:
    from django.test import Client

ROUNDS: Final = 21
ENDPOINTS: Final = (
    "organizations",
    "units?page_size=1000",
    "accounts",
    "accounts?ordering=path",
    "accounts?status=lacking&guardrail=protect-cloudtrail",
    "accounts?q=account-49",
    "accounts?page_size=1000",
    "accounts/100000000001",
    "verdicts",
    "verdicts?fields=status",
    "verdicts?ordering=path&fields=status",
    "verdicts?status=enforced&fields=status",
    "policies",
    "policies?fields=name",
    "guardrails",
    "coverage",
    "coverage/trend",
    "changes",
    "crawls",
)
STREAMS: Final = (
    "verdicts?format=ndjson&fields=status",
    "verdicts?format=csv",
    "verdicts?format=ndjson",
)


def main() -> None:
    with large_organization():
        from accounts.api.throttling import TokenThrottle
        from tests.users import signed_in

        TokenThrottle.THROTTLE_RATES = {"api": None, "assess": None}
        client = signed_in()
        console = Console(width=120)
        console.print(_endpoints(client))
        console.print(_streams(client))


def _endpoints(client: Client) -> Table:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    floors = []
    rows = table("", "endpoint", "p50 ms", "p95 ms", "÷ one query", "queries", "KB")
    for endpoint, address in [(one, f"/api/v1/{one}") for one in ENDPOINTS] + [
        ("accounts, the 400th page", _deep(client))
    ]:
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
        if response.status_code != 200:
            raise RuntimeError(f"{address} answers {response.status_code}")
        # The next request empties the log.
        asked = len(queries)
        floor, taken = server_times(
            [partial(client.get, ONE_QUERY), partial(client.get, address)], ROUNDS
        )
        floors.append(median(floor))
        rows.add_row(
            endpoint,
            f"{median(taken) * 1_000:.1f}",
            f"{quantiles(taken, n=20)[18] * 1_000:.1f}",
            f"{ratio(taken, floor):.1f}",
            f"{asked}",
            f"{len(response.content) / 1_000:.0f}",
        )
    rows.title = f"API at {ACCOUNTS:,} accounts (one query: {median(floors) * 1_000:.1f} ms)"
    return rows


def _deep(client: Client) -> str:
    """The address of a page that 399 come before, in steps of a thousand rows."""
    address = "/api/v1/accounts?page_size=1000&fields=id"
    for _ in range(39):
        address = str(client.get(address).json()["next"])
    address = str(client.get(address.replace("page_size=1000", "page_size=900")).json()["next"])
    return address.replace("page_size=900", "page_size=100")


def _streams(client: Client) -> Table:
    title = f"Streams of {ACCOUNTS * 5:,} verdicts and the management account's"
    rows = table(title, "stream", "seconds", "rows a second", "MB", "memory grew by MB")
    for stream in STREAMS:
        before = most_memory()
        start = time.perf_counter()
        lines = size = 0
        response = client.get(f"/api/v1/{stream}")
        for part in response.streaming_content:  # type: ignore[attr-defined]
            lines += 1
            size += len(part)
        seconds = time.perf_counter() - start
        rows.add_row(
            stream,
            f"{seconds:.1f}",
            f"{lines / seconds:,.0f}",
            f"{size / 1e6:.0f}",
            f"{most_memory() - before:.0f}",
        )
    return rows


if __name__ == "__main__":
    main()
