"""How fast AWS Organizations may be asked: one token bucket per row of AWS's table.

AWS counts per account and, a little higher, per organization; other tools in the same
account draw on the same buckets. So calls go out at the documented rate, slow down when
AWS answers that there were too many, and come back to full speed when it stops doing so.
Source: AWS Organizations User Guide, "Quotas and service limits", throttling limits.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Final


@dataclass(frozen=True, slots=True)
class Rate:
    """`per_second` calls on average, `burst` at once after a rest; APIs of a bucket share it."""

    bucket: str
    per_second: float
    burst: int


# AWS does not say whether the APIs of one row share a bucket: taken to, which is never faster.
RATES: Final[Mapping[str, Rate]] = {
    "DescribeOrganization": Rate("DescribeOrganization", 1, 2),
    "ListRoots": Rate("ListRoots", 1, 2),
    "ListAccounts": Rate("ListAccounts", 8, 12),
    "DescribeAccount": Rate("DescribeAccount", 20, 30),
    "ListParents": Rate("parents", 5, 8),
    "ListAccountsForParent": Rate("parents", 5, 8),
    "ListOrganizationalUnitsForParent": Rate("parents", 5, 8),
    "DescribeOrganizationalUnit": Rate("DescribeOrganizationalUnit", 2, 2),
    "ListPolicies": Rate("policies", 5, 8),
    "ListPoliciesForTarget": Rate("policies", 5, 8),
    "ListTargetsForPolicy": Rate("policies", 5, 8),
    "DescribePolicy": Rate("DescribePolicy", 2, 2),
}
# For an API that AWS's table does not name.
_CAUTIOUS: Final = Rate("other", 1, 2)

_SLOWER: Final = 0.7
_SLOWEST: Final = 0.1
# Calls that must succeed, one after another, to win back a tenth of the full rate.
_RECOVERY: Final = 10


@dataclass(slots=True)
class _Bucket:
    per_second: float
    burst: int
    tokens: float
    filled_at: float
    # Share of the rate in use: below 1 while the organization is busy.
    pace: float = 1.0
    slowed_at: float = -inf

    def wait(self, now: float) -> float:
        """Take a token, from the future if need be; seconds until it is there."""
        rate = self.per_second * self.pace
        self.tokens = min(self.burst, self.tokens + (now - self.filled_at) * rate)
        self.filled_at = now
        self.tokens -= 1
        return max(0.0, -self.tokens / rate)


class RateLimiter:
    """Makes each call wait for its turn; shared by all threads of a crawl.

    `share` is the part of AWS's rates that the portal may use: below 1 to leave room for
    other tools.
    """

    def __init__(
        self,
        share: float = 1.0,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if share <= 0:
            raise ValueError(f"share of the request rates must be above 0, not {share}")
        self._share = share
        self._clock = clock
        self._sleep = sleep
        self._buckets: dict[str, _Bucket] = {}
        self._lock = threading.Lock()
        self._thread = threading.local()

    def wait_for_turn(self, api: str) -> None:
        """Block until AWS's table admits one more call of `api`."""
        with self._lock:
            seconds = self._bucket(api).wait(self._clock())
        if seconds:
            self._sleep(seconds)
        self._thread.went_at = self._clock()

    def slow_down(self, api: str) -> None:
        """AWS answered that there were too many: somebody else uses the bucket as well.

        Calls that were under way already when another thread was told so say nothing new.
        """
        with self._lock:
            bucket = self._bucket(api)
            if self._thread.went_at < bucket.slowed_at:
                return
            bucket.slowed_at = self._clock()
            bucket.pace = max(_SLOWEST, bucket.pace * _SLOWER)
            bucket.tokens = min(bucket.tokens, 0)

    def speed_up(self, api: str) -> None:
        """AWS answered: a step back towards the full rate."""
        with self._lock:
            bucket = self._bucket(api)
            bucket.pace = min(1.0, bucket.pace + 0.1 / _RECOVERY)

    def _bucket(self, api: str) -> _Bucket:
        rate = RATES.get(api, _CAUTIOUS)
        if rate.bucket not in self._buckets:
            # One less than the burst: a request in flight may be counted twice by a retry.
            burst = max(1, rate.burst - 1)
            per_second = rate.per_second * self._share
            self._buckets[rate.bucket] = _Bucket(per_second, burst, burst, self._clock())
        return self._buckets[rate.bucket]
