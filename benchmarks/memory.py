"""Memory: the most that this process had, and what others have, by Linux's own account."""

import resource
from pathlib import Path


def most_memory() -> float:
    """MiB that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024


def resident(leader: int) -> float:
    """MiB of a process and all below it; what several share counts once."""
    return sum(_proportional(id) for id in _family(leader)) / 1_024


def _family(id: int) -> list[int]:
    try:
        children = Path(f"/proc/{id}/task/{id}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [id, *(one for child in children for one in _family(int(child)))]


def _proportional(id: int) -> int:
    """Kibibytes, of shared pages the process's part."""
    try:
        lines = Path(f"/proc/{id}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
