"""Calls against the fewest possible, and time against the floor that AWS's rates set.

Runs against the simulated endpoint on loopback, in a process of its own, which throttles at
AWS's documented rates times a scale; botocore's waits between tries are scaled with them.
Ratios carry over to AWS and to other machines, seconds do not.
"""

import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import ceil
from multiprocessing.connection import Connection
from types import SimpleNamespace
from unittest.mock import patch

from rich.console import Console

from accounts.aws.connection import connect
from accounts.crawl import read_organization
from benchmarks.memory import most_memory
from benchmarks.tables import table
from tests.simulated import Endpoint, Faults, SimulatedOrganization, invent

Size = tuple[int, int, int]
# Accounts, units and SCPs, and how many times faster than AWS: as fast as a busy machine
# can follow without being what is measured.
SIZES: dict[Size, float] = {
    (100, 20, 20): 1.0,
    (1_000, 100, 60): 2.0,
    (10_000, 500, 200): 4.0,
    (50_000, 2_000, 500): 5.0,
}
# One call in fifty is answered with HTTP 500, one broken off, and one page in fifty is empty.
FAULTS = {
    "": Faults(throttle=True),
    "6 %": Faults(throttle=True, http_500_every=50, reset_every=49, empty_page_every=51),
}


@dataclass(frozen=True)
class Answered:
    """What the endpoint was asked, and the least that it had to be."""

    calls: int
    throttled: int
    fewest: int
    floor: float


def main() -> None:
    os.environ |= {"AWS_ACCESS_KEY_ID": "simulated", "AWS_SECRET_ACCESS_KEY": "simulated"}
    headings = ("accounts", "rates", "faults", "calls", "÷ fewest", "seconds", "÷ floor")
    crawls = table("Crawls of a simulated organization", *headings, "throttled", "peak MiB")
    for size, scale in SIZES.items():
        for name, faults in FAULTS.items():
            seconds, answered = _crawled(size, replace(faults, time_scale=scale))
            crawls.add_row(
                f"{size[0]:,}",
                f"× {scale:g}",
                name,
                f"{answered.calls:,}",
                f"{answered.calls / answered.fewest:.3f}",
                f"{seconds:.1f}",
                f"{seconds * scale / answered.floor:.2f}",
                f"{answered.throttled}",
                f"{most_memory():.0f}",
            )
    Console(width=100).print(crawls)


def _crawled(size: Size, faults: Faults) -> tuple[float, Answered]:
    """Seconds of one crawl, and what the endpoint says of it."""
    here, there = multiprocessing.Pipe()
    serving = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(there, size, faults)
    )
    serving.start()
    os.environ["AWS_ENDPOINT_URL"] = here.recv()
    with _hasty_tries(faults.time_scale):
        reader = connect(share=faults.time_scale)
        start = time.perf_counter()
        read_organization(reader)
        seconds = time.perf_counter() - start
    here.send("enough")
    answered = here.recv()
    serving.join()
    return seconds, answered


@contextmanager
def _hasty_tries(scale: float) -> Iterator[None]:
    """botocore waits `scale` times shorter before it tries again."""

    def sleep(seconds: float) -> None:
        time.sleep(seconds / scale)

    with patch("botocore.endpoint.time", SimpleNamespace(sleep=sleep)):
        yield


def _serve(pipe: Connection, size: Size, faults: Faults) -> None:
    organization = invent(*size)
    with Endpoint(organization, faults) as endpoint:
        pipe.send(endpoint.url)
        pipe.recv()
    calls, seconds = _least(organization, endpoint.spoilt)
    pipe.send(Answered(endpoint.calls.total(), endpoint.throttled.total(), calls, seconds))


def _least(organization: SimulatedOrganization, spoilt: Counter[str]) -> tuple[int, float]:
    """Calls and seconds at AWS's rates of the smallest crawl; what faults spoilt is made twice."""
    lists = max(1, ceil(len(organization.policies) / 20)) + sum(
        max(1, ceil(len(targets) / 20)) for targets in organization.targets.values()
    )
    inner = {one.parent_id for one in organization.accounts.values()} | {
        one.parent_id for one in organization.units.values()
    }
    # A unit above an empty one has its place from the path of that one.
    empty = len(organization.units.keys() - inner)
    texts = sum(1 for targets in organization.targets.values() if targets)
    accounts = ceil(len(organization.accounts) / 20)
    floor = max(
        (accounts + spoilt["ListAccounts"]) / 8,
        (lists + spoilt["ListPolicies"] + spoilt["ListTargetsForPolicy"]) / 5,
        (texts + spoilt["DescribePolicy"]) / 2,
        (empty + spoilt["DescribeOrganizationalUnit"]) / 2,
    )
    return 2 + accounts + lists + texts + empty + spoilt.total(), floor


if __name__ == "__main__":
    main()
