"""What an answer costs the server: processor time, which a busy machine leaves nearly alone."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

# Of a process: nanoseconds on a processor, nanoseconds waiting for one, and how often.
# Source: Linux, Documentation/scheduler/sched-stats.rst.
_SCHEDULE = "/proc/{}/schedstat"


def server_times(calls: Sequence[Callable[[], object]], rounds: int) -> list[list[float]]:
    """Seconds that each call took in each round; the calls of a round follow one another.

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
    return times


def ratio(taken: Sequence[float], others: Sequence[float]) -> float:
    """What one call took to what another did in the same round, at the median.

    A core is slower at one moment than at another, by half and more; within a round much less.
    """
    return median(one / other for one, other in zip(taken, others, strict=True))


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
