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

from benchmarks.own_services import own_services

ACCOUNTS = 50_000
UNITS = 2_000
ROUNDS = 11
ONE_QUERY = "/one-query/"
# Of server time at the median, and of bytes.
MOST_MILLISECONDS, MOST_RATIO, MOST_BYTES = 100, 5, 300_000


def main() -> None:
    with own_services():
        _fill()
        Console().print(_measured())


def _fill() -> None:
    from django.conf import settings
    from django.db import connection

    from accounts.services import start_crawl
    from policies.services.recording import record
    from tests.factories import KEEP_S3_PRIVATE, NO_LOGIN_PROFILES, Scp, deny, organization

    settings.ROOT_URLCONF = "benchmarks.one_query"
    paths = [f"Unit {n % 20}/Unit {n % 200}/Unit {n}" for n in range(UNITS)]
    names = {f"account-{n:05}": paths[n % UNITS] for n in range(ACCOUNTS)}
    texts = [NO_LOGIN_PROFILES, KEEP_S3_PRIVATE, deny("cloudtrail:StopLogging")]
    scps = [Scp(f"SCP {n}", texts[n % 3], at=[paths[n * 4]]) for n in range(490)]
    start = time.perf_counter()
    record(start_crawl(), organization(names, scps))
    print(f"{ACCOUNTS:,} accounts judged and stored in {time.perf_counter() - start:.0f} s")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


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
