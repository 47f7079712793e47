"""Server time of every page at 50,000 accounts, against a page that runs one query.

Runs on a PostgreSQL of its own, filled with an invented organization. Seconds are of this
machine; the ratio to the page with one query, measured in the same run, carries over.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial

from rich.console import Console
from rich.table import Table

from benchmarks.large import ACCOUNTS, ONE_QUERY, large_organization

ROUNDS = 11
# Of server time at the median, and of bytes.
MOST_MILLISECONDS, MOST_RATIO, MOST_BYTES = 100, 5, 300_000


def main() -> None:
    with large_organization():
        Console().print(_measured())


def _measured() -> Table:
    from tests.factories import ROOT
    from tests.users import signed_in

    browser = signed_in()

    def get(address: str) -> bytes:
        response = browser.get(address)
        if response.status_code != 200:
            raise RuntimeError(f"{address} answers {response.status_code}")
        return response.content

    floor = _median(partial(get, ONE_QUERY))
    table = Table(title=f"Pages at {ACCOUNTS:,} accounts (one query: {floor * 1_000:.1f} ms)")
    for heading in ("page", "ms", "÷ one query", "KB", ""):
        table.add_column(heading, justify="left" if heading == "page" else "right")
    for address in (
        "/organization/",
        "/organization/?days=365",
        "/organization/accounts/",
        "/organization/accounts/?sort=-name&page=200",
        "/organization/accounts/?guardrail=protect-cloudtrail&status=lacking",
        "/organization/accounts/?q=account-49",
        "/organization/accounts/?group=unit",
        "/organization/accounts/heat-map/",
        "/organization/accounts/100000000001/",
        "/organization/units/",
        f"/organization/units/{ROOT}/",
        "/organization/scps/",
        "/organization/scps/p-FullAWSAccess/",
        "/organization/scps/p-scp00001/",
        "/organization/search/?q=account-49",
        "/organization/changes/",
        "/organization/crawls/",
    ):
        size = len(get(address))
        seconds = _median(partial(get, address))
        good = (
            seconds * 1_000 < MOST_MILLISECONDS
            and seconds < MOST_RATIO * floor
            and size < MOST_BYTES
        )
        table.add_row(
            address,
            f"{seconds * 1_000:.0f}",
            f"{seconds / floor:.1f}",
            f"{size / 1_000:.0f}",
            "" if good else "over",
        )
    return table


def _median(call: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


if __name__ == "__main__":
    main()
