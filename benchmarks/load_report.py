"""What `load` has found, as tables."""

import csv
import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression
from typing import Any, Self

from rich.console import Console
from rich.table import Table

from benchmarks.tables import table


@dataclass
class Asked:
    """A crawl that was asked for `after` seconds of load, and how it is seen to end."""

    after: float
    asked: float
    # Of the crawl's row, once the worker has begun.
    known: frozenset[int]
    seconds: float = 0.0
    state: str = "never begun"
    error: str = ""

    @classmethod
    def now(cls, after: float) -> Self:
        from accounts.models import Crawl
        from policies.tasks import crawl_organization

        known = frozenset(Crawl.objects.values_list("pk", flat=True))
        crawl_organization.delay()
        return cls(after, time.monotonic(), known)

    def is_over(self) -> bool:
        """Whether it has ended; takes down how and when."""
        from accounts.models import Crawl

        crawl = Crawl.objects.exclude(pk__in=self.known).order_by("pk").first()
        if crawl is None:
            return False
        self.state, self.error = crawl.state, crawl.error
        if crawl.state == Crawl.State.RUNNING:
            self.state = f"running ({crawl.phase}, {crawl.calls_made} calls)"
        self.seconds = crawl.duration.total_seconds()
        return crawl.state != Crawl.State.RUNNING


def report(folder: Path, memory: Mapping[str, Sequence[float]], crawls: Sequence[Asked]) -> int:
    """Print what locust left in `folder`, memory and crawls; 1 where something went wrong."""
    console = Console(width=110)
    entries: list[dict[str, Any]] = json.loads((folder / "load.json").read_text())
    console.print(_requests(entries), _memory(memory))
    for crawl in crawls:
        console.print(
            f"A crawl asked for after {crawl.after:.0f} s: {crawl.state} in {crawl.seconds:.0f} s. "
            f"{crawl.error}"
        )
    failures = _failures(folder)
    for failure in failures:
        console.print(failure, markup=False)
    committed = any(crawl.state == "completed" for crawl in crawls)
    if not committed:
        console.print("No crawl was committed under load.")
    return 1 if failures or not committed else 0


def _requests(entries: Sequence[Mapping[str, Any]]) -> Table:
    title = "Answers: milliseconds at the client"
    answers = table(title, "", "requests", "errors", "p50", "p95", "most")
    entries = sorted(entries, key=lambda entry: (entry["name"].startswith("API"), entry["name"]))
    programs = [one for one in entries if one["name"].startswith("API")]
    people = [one for one in entries if one not in programs]
    for name, some in (
        *((entry["name"], [entry]) for entry in entries),
        ("people", people),
        ("API clients", programs),
        ("all", entries),
    ):
        times: Counter[float] = Counter()
        for entry in some:
            times.update({float(ms): count for ms, count in entry["response_times"].items()})
        answers.add_row(
            name,
            f"{sum(entry['num_requests'] for entry in some):,}",
            f"{sum(entry['num_failures'] for entry in some)}",
            *(f"{_percentile(times, share):,.0f}" for share in (0.5, 0.95, 1.0)),
            end_section=name == entries[-1]["name"],
        )
    return answers


def _percentile(times: Counter[float], share: float) -> float:
    wanted = share * times.total()
    for milliseconds in sorted(times):
        wanted -= times[milliseconds]
        if wanted <= 0:
            return milliseconds
    return 0.0


def _memory(memory: Mapping[str, Sequence[float]]) -> Table:
    """At ten moments, and how much it grows each minute of the last ten."""
    minutes = len(next(iter(memory.values()), []))
    shown = range(minutes, 0, -max(1, -(-minutes // 10)))[::-1]
    title = "Resident memory, MiB, after so many minutes"
    sizes_of = table(title, "", *map(str, shown), "a minute, at the end")
    for name, sizes in memory.items():
        # At first each thread and connection fills what it keeps.
        later = sizes[1:][-10:]
        slope = linear_regression(range(len(later)), later).slope if len(later) > 1 else 0.0
        sizes_of.add_row(name, *(f"{sizes[at - 1]:.0f}" for at in shown), f"{slope:+.1f}")
    return sizes_of


def _failures(folder: Path) -> list[str]:
    with (folder / "load_failures.csv").open(newline="") as file:
        rows: Iterable[dict[str, str]] = list(csv.DictReader(file))
    return [f"{row['Occurrences']} × {row['Name']}: {row['Error']}" for row in rows]
