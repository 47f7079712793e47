"""Time, size and memory of a report of 50,000 accounts, in each of its formats.

Runs on an invented organization that was crawled twice. Seconds are of this machine; the share of
each step in making and sending a report carries over.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from benchmarks.large import ACCOUNTS, large_organization

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
    table = Table(title=f"A report of {ACCOUNTS:,} accounts")
    for heading in ("step", "s", "MiB", "memory at most, MiB"):
        table.add_column(heading, justify="left" if heading == "step" else "right")

    def step(name: str, act: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        found = act()
        seconds = time.perf_counter() - start
        size = _mebibytes(found)
        table.add_row(
            name, f"{seconds:.1f}", "" if size is None else f"{size:.1f}", f"{_most_memory():.0f}"
        )
        return found

    table.add_row("before", "", "", f"{_most_memory():.0f}")
    report = step("build", lambda: build(Period(before, newest)))
    packed = step("pack", lambda: pack(report))
    report = step("unpack", lambda: unpack(packed))
    for format in FORMATS:
        step(format, partial(_bytes, report, format))
    files, left_out = step("attachments", lambda: attachments(report, ["pdf", "csv", "json"]))
    for one in files:
        table.add_row(f"  {one.name}", "", f"{len(one.content) / 2**20:.1f}", "")
    for name in left_out:
        table.add_row(f"  {name}", "", "left out", "")
    return table


def _mebibytes(found: object) -> float | None:
    """Of what a step made, or of the number of bytes that it counted."""
    if isinstance(found, bytes):
        found = len(found)
    return found / 2**20 if isinstance(found, int) else None


def _bytes(report: PostureReport, format: str) -> int:
    """How many there are, none of which is kept."""
    from policies.reports.files import file

    return sum(map(len, file(report, format).pieces))


def _most_memory() -> float:
    """MiB that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
