"""Which accounts no policy in force can tell apart.

Accounts with equal levels have equal verdicts unless a text of a policy matches the one's
id and not the other's. An id is twelve digits, so only a run of digits and wildcards in a
pattern can meet it, and what such a run does with an id is all there is to compare.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from policies.analysis.hierarchy import Levels

_RUN: Final = re.compile(r"[0-9*?]+")
_ID_LENGTH: Final = 12


def distinguishing_runs(levels: Levels) -> tuple[str, ...]:
    """The runs of digits and wildcards in the policies that match some ids and not others."""
    found = {run for text in _texts(levels) for run in _runs(text)}
    return tuple(sorted(found))


def mentions_organization_paths(levels: Levels) -> bool:
    """Whether a policy speaks of the place of an account in the organization."""
    return any(
        "orgpaths" in text.lower()
        for level in levels
        for statement in level.statements
        for text in (
            *statement.resources,
            *(one.key for one in statement.conditions),
            *(value for one in statement.conditions for value in one.values),
        )
    )


@lru_cache(maxsize=200_000)
def likeness(account_id: str, runs: tuple[str, ...]) -> tuple[object, ...]:
    """Equal for ids that none of the runs tells apart."""
    return tuple(_meeting(run, account_id) for run in runs)


def _texts(levels: Levels) -> Iterator[str]:
    for level in levels:
        for statement in level.statements:
            yield from statement.resources
            for condition in statement.conditions:
                yield from condition.values


def _runs(text: str) -> Iterator[str]:
    """Runs in which an id that begins where one can begin meets a digit.

    In requests an id stands at the beginning, or behind a colon or a slash.
    """
    for found in _RUN.finditer(text):
        run = found[0]
        if "*" not in run and len(run) < _ID_LENGTH:
            continue
        at_start = found.start() == 0 or text[found.start() - 1] in ":/"
        wildcard = min((at for at in map(run.find, "*?") if at >= 0), default=len(run))
        if any(one.isdigit() for one in run[0 if at_start else wildcard :]):
            yield run


def _meeting(run: str, account_id: str) -> object:
    """For each place in the run, the places that it may be at once the id has been read."""
    if len(run) == _ID_LENGTH and run.isdigit():
        return run == account_id
    return tuple(_read(run, 1 << start, account_id) for start in range(len(run) + 1))


def _read(run: str, places: int, account_id: str) -> int:
    for digit in account_id:
        after = 0
        places = _skipping(run, places)
        for index, token in enumerate(run):
            if places >> index & 1:
                if token == "*":
                    after |= 1 << index
                elif token in ("?", digit):
                    after |= 1 << (index + 1)
        places = after
    return _skipping(run, places)


def _skipping(run: str, places: int) -> int:
    for index, token in enumerate(run):
        if token == "*" and places >> index & 1:
            places |= 1 << (index + 1)
    return places
