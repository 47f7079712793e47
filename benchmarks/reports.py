"""Time, size and memory of a report of 50,000 accounts, in each of its formats.

Runs on an invented organization that was crawled twice. Seconds are of this machine; the share of
each step in making and sending a report carries over.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from benchmarks.large import ACCOUNTS, large_organization
from benchmarks.memory import most_memory
from benchmarks.tables import table

if TYPE_CHECKING:
    from policies.reports.content import PostureReport


def main() -> None:
    with large_organization():
        Console().print(_measured())


def _measured() -> Table:
    from policies.models import Assessment
    from policies.reports.building import build
    from policies.reports.content import pack, unpack
    from policies.reports.files import FORMATS, attachments
    from policies.selectors.report_scope import Period

    before, newest = Assessment.objects.select_related("organization").order_by("pk")
    steps = table(f"A report of {ACCOUNTS:,} accounts", "step", "s", "MiB", "memory at most, MiB")

    def step(name: str, act: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        found = act()
        seconds = time.perf_counter() - start
        size = _mebibytes(found)
        steps.add_row(
            name, f"{seconds:.1f}", "" if size is None else f"{size:.1f}", f"{most_memory():.0f}"
        )
        return found

    steps.add_row("before", "", "", f"{most_memory():.0f}")
    report = step("build", lambda: build(Period(before, newest)))
    packed = step("pack", lambda: pack(report))
    report = step("unpack", lambda: unpack(packed))
    for format in FORMATS:
        step(format, partial(_bytes, report, format))
    files, left_out = step("attachments", lambda: attachments(report, ["pdf", "csv", "json"]))
    for one in files:
        steps.add_row(f"  {one.name}", "", f"{len(one.content) / 2**20:.1f}", "")
    for name in left_out:
        steps.add_row(f"  {name}", "", "left out", "")
    return steps


def _mebibytes(found: object) -> float | None:
    """Of what a step made, or of the number of bytes that it counted."""
    if isinstance(found, bytes):
        found = len(found)
    return found / 2**20 if isinstance(found, int) else None


def _bytes(report: PostureReport, format: str) -> int:
    """How many there are, none of which is kept."""
    from policies.reports.files import file

    return sum(map(len, file(report, format).pieces))


if __name__ == "__main__":
    main()
