"""What an answer costs the server: processor time, which a busy machine leaves nearly alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles

# Of a process: nanoseconds on a processor, nanoseconds waiting for one, and how often.
# Source: Linux, Documentation/scheduler/sched-stats.rst.
_SCHEDULE = "/proc/{}/schedstat"


def server_times(call: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median and 95th percentile of some calls, in seconds.

    Those of this process and of the PostgreSQL process that answers it, added up. Where the
    kernel does not tell of another process, it is the time that passes.
    """
    times = []
    clock = _clock()
    for _ in range(rounds):
        start = clock()
        call()
        times.append(clock() - start)
    found = quantiles(times, n=20)
    return found[9], found[18]


def _clock() -> Callable[[], float]:
    from django.db import connection

    with connection.cursor() as cursor:
        # Or others would do part of the work, uncounted.
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    schedule = Path(_SCHEDULE.format(backend))
    if not schedule.exists():
        return time.perf_counter
    return lambda: time.process_time() + int(schedule.read_text().split()[0]) / 1e9
