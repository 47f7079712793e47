"""Calls against the fewest possible, and time against the floor that AWS's rates set.

Runs against the simulated endpoint on loopback, which throttles at AWS's documented rates
times a scale: what takes ten minutes there takes two here at the most. Ratios carry over,
seconds do not.
"""

from __future__ import annotations

import os
import resource
import time
from dataclasses import dataclass, replace
from math import ceil

from rich.console import Console
from rich.table import Table

from accounts.aws.connection import connect
from accounts.crawl import read_organization
from tests.simulated import Endpoint, Faults, SimulatedOrganization, invent

# Accounts, units and SCPs, and how many times faster than AWS: as fast as the endpoint, which
# shares a busy processor with the crawl, can serve without being what is measured.
SIZES = (
    (100, 20, 20, 2.0),
    (1_000, 100, 60, 4.0),
    (10_000, 500, 200, 5.0),
    (50_000, 2_000, 500, 6.0),
)
FAULTS = {
    "none": Faults(throttle=True),
    "1 % HTTP 500, 1 % resets, empty pages": Faults(
        throttle=True, http_500_every=100, reset_every=99, empty_page_every=50
    ),
}


@dataclass(frozen=True)
class Fewest:
    """The smallest crawl of an organization: its calls, and its seconds at AWS's rates."""

    calls: int
    seconds: float

    @classmethod
    def of(cls, organization: SimulatedOrganization) -> Fewest:
        accounts = ceil(len(organization.accounts) / 20)
        lists = max(1, ceil(len(organization.policies) / 20)) + sum(
            max(1, ceil(len(targets) / 20)) for targets in organization.targets.values()
        )
        texts = sum(1 for targets in organization.targets.values() if targets)
        inner = {one.parent_id for one in organization.accounts.values()} | {
            one.parent_id for one in organization.units.values()
        }
        # A unit above an empty one has its place from the path of that one.
        empty = len(organization.units.keys() - inner)
        floor = max(accounts / 8, lists / 5, texts / 2, empty / 2)
        return cls(2 + accounts + lists + texts + empty, floor)


def main() -> None:
    os.environ |= {"AWS_ACCESS_KEY_ID": "simulated", "AWS_SECRET_ACCESS_KEY": "simulated"}
    table = Table(title="Crawls of a simulated organization")
    for heading in (
        "accounts",
        "rates",
        "faults",
        "calls",
        "÷ fewest",
        "seconds",
        "÷ floor",
        "throttled",
        "peak MB",
    ):
        table.add_column(heading, justify="right")
    for accounts, units, policies, scale in SIZES:
        organization = invent(accounts, units, policies)
        fewest = Fewest.of(organization)
        for name, faults in FAULTS.items():
            with Endpoint(organization, replace(faults, time_scale=scale)) as endpoint:
                os.environ["AWS_ENDPOINT_URL"] = endpoint.url
                start = time.perf_counter()
                read_organization(connect(share=scale))
                seconds = time.perf_counter() - start
            table.add_row(
                f"{accounts:,}",
                f"× {scale:g}",
                name,
                f"{endpoint.calls.total():,}",
                f"{endpoint.calls.total() / fewest.calls:.3f}",
                f"{seconds:.1f}",
                f"{seconds * scale / fewest.seconds:.2f}",
                f"{endpoint.throttled.total()}",
                # Of this process, with the endpoint in it: an upper bound.
                f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}",
            )
    Console().print(table)


if __name__ == "__main__":
    main()
