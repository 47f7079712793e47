"""Server time of every page at 50,000 accounts, against a page that runs one query.

Runs on a PostgreSQL of its own, filled with an invented organization. Milliseconds are of this
machine; the ratios to pages with one query, measured in the same run, carry over. What is
"over" is so by the page with the portal's frame, since every page has that around it.
"""

from __future__ import annotations

from functools import partial
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.large import ACCOUNTS, FRAMED, ONE_QUERY, large_organization
from benchmarks.server_time import server_times

ROUNDS = 11
# Of server time at the median, and of bytes.
MOST_MILLISECONDS, MOST_RATIO, MOST_BYTES = 100, 5, 300_000


def main() -> None:
    with large_organization():
        Console(width=110).print(_measured())


def _measured() -> Table:
    from tests.factories import ROOT
    from tests.users import signed_in

    browser = signed_in()

    def get(address: str) -> bytes:
        response = browser.get(address)
        if response.status_code != 200:
            raise RuntimeError(f"{address} answers {response.status_code}")
        return response.content

    get(FRAMED)
    floors = []
    table = Table()
    for heading in ("page", "ms", "÷ bare", "÷ framed", "KB", ""):
        table.add_column(heading, justify="left" if heading == "page" else "right")
    for address in (
        "/organization/",
        "/organization/?days=365",
        "/organization/accounts/",
        "/organization/accounts/?page=200",
        "/organization/accounts/?sort=-name&page=200",
        "/organization/accounts/?sort=-lacks",
        "/organization/accounts/?guardrail=protect-cloudtrail&status=lacking",
        "/organization/accounts/?q=account-49",
        "/organization/accounts/?group=unit",
        "/organization/accounts/heat-map/",
        "/organization/accounts/heat-map/?guardrail=protect-cloudtrail",
        "/organization/accounts/100000000001/",
        "/organization/guardrails/protect-cloudtrail/",
        "/organization/units/",
        f"/organization/units/{ROOT}/",
        "/organization/scps/",
        "/organization/scps/p-FullAWSAccess/",
        "/organization/scps/p-scp00001/",
        "/organization/search/?q=account-49",
        "/organization/changes/",
        f"/organization/changes/?unit={ROOT}",
        "/organization/reports/",
        "/organization/crawls/",
    ):
        size = len(get(address))
        (bare, _), (framed, _), (seconds, _) = server_times(
            [partial(get, one) for one in (ONE_QUERY, FRAMED, address)], ROUNDS
        )
        floors.append((bare * 1_000, framed * 1_000))
        good = (
            seconds * 1_000 < MOST_MILLISECONDS
            and seconds < MOST_RATIO * framed
            and size < MOST_BYTES
        )
        table.add_row(
            address,
            f"{seconds * 1_000:.0f}",
            f"{seconds / bare:.1f}",
            f"{seconds / framed:.1f}",
            f"{size / 1_000:.0f}",
            "" if good else "over",
        )
    bare, framed = (median(one) for one in zip(*floors, strict=True))
    table.title = (
        f"Pages at {ACCOUNTS:,} accounts (one query: {bare:.1f} ms bare, {framed:.1f} ms in the "
        "portal's frame)"
    )
    return table


if __name__ == "__main__":
    main()
