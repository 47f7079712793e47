"""What may go wrong at the simulated endpoint, and the rates that AWS documents."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.simulated.organization import SimulatedOrganization

# API → (bucket, requests per second, burst), per account. APIs of one row of AWS's table
# are taken to share a bucket, which AWS leaves open.
# Source: AWS Organizations User Guide, "Quotas", throttling limits.
_RATES: Mapping[str, tuple[str, float, float]] = {
    "DescribeOrganization": ("organization", 1, 2),
    "ListRoots": ("roots", 1, 2),
    "ListAccounts": ("accounts", 8, 12),
    "DescribeAccount": ("account", 20, 30),
    "ListParents": ("parents", 5, 8),
    "ListAccountsForParent": ("parents", 5, 8),
    "ListOrganizationalUnitsForParent": ("parents", 5, 8),
    "DescribeOrganizationalUnit": ("unit", 2, 2),
    "ListPolicies": ("policies", 5, 8),
    "ListPoliciesForTarget": ("policies", 5, 8),
    "ListTargetsForPolicy": ("policies", 5, 8),
    "DescribePolicy": ("policy", 2, 2),
}


def _nothing(*_: object) -> None:
    """Rather than a lambda, with which faults could not be sent to another process."""


@dataclass(frozen=True)
class Faults:
    """`*_every` counts calls: every n-th is hit; 0 is never."""

    paths: bool = True
    # What AWS retired on 2026-09-09; some endpoints still send it.
    legacy_status: bool = False
    # With false, `State` is left out, as by endpoints older than it.
    state: bool = True
    empty_page_every: int = 0
    http_500_every: int = 0
    reset_every: int = 0
    throttle: bool = False
    # Rates times this: 100 lets a crawl of minutes pass in seconds.
    time_scale: float = 1.0
    denied: frozenset[str] = frozenset()
    # What the trust policy of every role asks for; without it none can be assumed.
    external_id: str = ""
    # What happens to the organization just before the n-th call (from 1) of an API.
    changes: Mapping[tuple[str, int], Callable[[SimulatedOrganization], None]] = field(
        default_factory=dict
    )
    # The same for every call, which it is told by its API and parameters.
    before: Callable[[SimulatedOrganization, str, Mapping[str, Any]], None] = _nothing


class Throttle:
    """A token bucket for each row of the table."""

    def __init__(self, time_scale: float) -> None:
        self._time_scale = time_scale
        self._tokens: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def admits(self, api: str) -> bool:
        bucket, rate, burst = _RATES[api]
        rate *= self._time_scale
        now = time.monotonic()
        with self._lock:
            tokens, then = self._tokens.get(bucket, (burst, now))
            tokens = min(burst, tokens + (now - then) * rate)
            admitted = tokens >= 1
            self._tokens[bucket] = (tokens - admitted, now)
        return admitted
