"""Which accounts no policy in force can tell apart.

Accounts with equal levels have equal verdicts unless a text of a policy matches the one's
id and not the other's. An id is twelve digits, so only a run of digits and wildcards in a
pattern can meet it, and what such a run does with an id is all there is to compare.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from policies.analysis.statement import Statement

_RUN: Final = re.compile(r"[0-9*?]+")
_ID_LENGTH: Final = 12
_VARIABLE: Final = re.compile(r"\$\{[^{}]*\}")
# A policy variable that may stand for an account's id, and its neighbours on both sides.
_ID_VARIABLE: Final = re.compile(
    r"(.?)\$\{[^{}]*(?:account|userid|principalarn)[^{}]*\}(.?)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Distinctions:
    """What in some statements can tell accounts apart.

    `runs` match some ids and not others. `placed`: they speak of places in the
    organization. `each`: of ids in so involved a manner that no two accounts are alike.
    """

    runs: tuple[str, ...]
    placed: bool
    each: bool

    @property
    def tells(self) -> bool:
        """Whether it tells accounts below one unit apart."""
        return self.each or bool(self.runs)

    def likeness(self, account_id: str) -> object:
        """Equal for ids that nothing tells apart."""
        return account_id if self.each else _likeness(account_id, self.runs)


def distinctions(statements: Iterable[Statement]) -> Distinctions:
    found = [text for statement in statements for text in statement.texts()]
    anywhere = any(_ID_VARIABLE.search(text) for text in found)
    runs = {run for text in found for run in _runs(text, anywhere=anywhere)}
    placed = any("orgpaths" in text.lower() for text in found)
    return Distinctions(tuple(sorted(runs)), placed, any(map(_involved, found)))


def _involved(text: str) -> bool:
    """Whether an id that a variable puts in can be read together with what is beside it."""
    return any(
        before in (*_BESIDE, "}") or after in (*_BESIDE, "$")
        for before, after in _ID_VARIABLE.findall(text)
    )


_BESIDE: Final = tuple("0123456789*?")


@lru_cache(maxsize=200_000)
def _likeness(account_id: str, runs: tuple[str, ...]) -> tuple[object, ...]:
    return tuple(_meeting(run, account_id) for run in runs)


def _runs(text: str, *, anywhere: bool) -> Iterator[str]:
    """Runs in which an id that begins where one can begin meets a digit.

    In requests an id stands at the beginning, or behind a colon or a slash; `anywhere`
    where policy variables put it into other texts. Other variables may be any text.
    """
    if "${" in text:
        text, anywhere = _VARIABLE.sub("*", text), True
    for found in _RUN.finditer(text):
        run = found[0]
        if "*" not in run and len(run) < _ID_LENGTH:
            continue
        at_start = anywhere or found.start() == 0 or text[found.start() - 1] in ":/"
        wildcard = min((at for at in map(run.find, "*?") if at >= 0), default=len(run))
        if any(one.isdigit() for one in run[0 if at_start else wildcard :]):
            yield run


def _meeting(run: str, account_id: str) -> object:
    """For each place in the run, the places that it may be at once the id has been read."""
    if len(run) == _ID_LENGTH and run.isdigit():
        return run == account_id
    return tuple(_read(run, 1 << start, account_id) for start in range(len(run)))


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
