"""Server time of every page at 50,000 accounts, against a page that runs one query.

Runs on a PostgreSQL of its own, filled with an invented organization. Milliseconds are of this
machine; the ratios to pages with one query, measured in the same run, carry over. What is
"over" is so by the page with the portal's frame, since every page has that around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from benchmarks.large import (
    ACCOUNTS,
    FRAMED,
    ONE_QUERY,
    before_and_after,
    large_organization,
    record_all,
    with_all_denied,
)
from benchmarks.server_time import ratio, server_times
from benchmarks.tables import table
from tests.factories import ROOT

if TYPE_CHECKING:
    from django.test import Client

ROUNDS = 21
# Of server time at the median, and of bytes.
MOST_MILLISECONDS, MOST_RATIO, MOST_BYTES = 100, 5, 300_000


PAGES = (
    "",
    "?days=365",
    "accounts/",
    "accounts/?page=200",
    "accounts/?sort=-name&page=200",
    "accounts/?sort=-lacks",
    "accounts/?status=lacking",
    "accounts/?guardrail=protect-cloudtrail&status=lacking",
    "accounts/?q=account-49",
    # What every account says, and what no trigram finds.
    "accounts/?q=account",
    "accounts/?q=99",
    "accounts/?group=unit",
    "accounts/heat-map/",
    "accounts/heat-map/?guardrail=protect-cloudtrail",
    "accounts/heat-map/?guardrail=protect-cloudtrail&q=account",
    "accounts/100000000001/",
    "guardrails/protect-cloudtrail/",
    "units/",
    f"units/{ROOT}/",
    "scps/",
    "scps/p-FullAWSAccess/",
    "scps/p-scp00001/",
    "search/?q=account-49",
    "changes/",
    f"changes/?unit={ROOT}",
    "reports/",
    "crawls/",
)
# One of twenty right in the root, and one without others below.
OU, SMALL_OU = "ou-ab12-00000004", "ou-ab12-00002220"
# When one change has changed nearly all verdicts of the organization.
OF_ALL = (
    "changes/",
    f"changes/?unit={OU}",
    "changes/{all}/",
    "changes/{all}/?guardrail=protect-cloudtrail&page=400",
    f"changes/{{all}}/?unit={OU}",
    f"changes/{{all}}/?unit={OU}&page=20",
    f"changes/{{all}}/?unit={SMALL_OU}",
)


def main() -> None:
    console = Console(width=110)
    with large_organization():
        from policies.models import Cause
        from tests.users import signed_in

        browser = signed_in()
        console.print(_measured(browser, f"Pages at {ACCOUNTS:,} accounts", PAGES))
        record_all(with_all_denied(before_and_after()[1]))
        cause = Cause.objects.latest("changed")
        addresses = [one.format(all=cause.pk) for one in OF_ALL]
        console.print(_measured(browser, f"{cause.changed:,} verdicts changed at once", addresses))


def _measured(browser: Client, about: str, addresses: Sequence[str]) -> Table:
    def get(address: str) -> bytes:
        response = browser.get(address)
        if response.status_code != 200:
            raise RuntimeError(f"{address} answers {response.status_code}")
        return response.content

    get(FRAMED)
    floors = []
    pages = table(about, "page", "ms", "÷ bare", "÷ framed", "KB", "")
    for address in (f"/organization/{one}" for one in addresses):
        size = len(get(address))
        bare, framed, taken = server_times(
            [partial(get, one) for one in (ONE_QUERY, FRAMED, address)], ROUNDS
        )
        floors.append((median(bare) * 1_000, median(framed) * 1_000))
        milliseconds, to_framed = median(taken) * 1_000, ratio(taken, framed)
        good = milliseconds < MOST_MILLISECONDS and to_framed < MOST_RATIO and size < MOST_BYTES
        pages.add_row(
            address,
            f"{milliseconds:.0f}",
            f"{ratio(taken, bare):.1f}",
            f"{to_framed:.1f}",
            f"{size / 1_000:.0f}",
            "" if good else "over",
        )
    bare, framed = (median(one) for one in zip(*floors, strict=True))
    pages.title = f"{about} (one query: {bare:.1f} ms bare, {framed:.1f} ms in the portal's frame)"
    return pages


if __name__ == "__main__":
    main()
