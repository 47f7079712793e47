"""What an answer costs the server: processor time, which a busy machine leaves nearly alone."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import quantiles

# Of a process: nanoseconds on a processor, nanoseconds waiting for one, and how often.
# Source: Linux, Documentation/scheduler/sched-stats.rst.
_SCHEDULE = "/proc/{}/schedstat"


def server_times(calls: Sequence[Callable[[], object]], rounds: int) -> list[tuple[float, float]]:
    """Median and 95th percentile of each call, in seconds; in turn, to be compared.

    Those of this process and of the PostgreSQL process that answers it, added up. Where the
    kernel does not tell of another process, it is the time that passes.
    """
    times: list[list[float]] = [[] for _ in calls]
    clock = _clock()
    for _ in range(rounds):
        for call, taken in zip(calls, times, strict=True):
            start = clock()
            call()
            taken.append(clock() - start)
    found = [quantiles(taken, n=20) for taken in times]
    return [(one[9], one[18]) for one in found]


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
