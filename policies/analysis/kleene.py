"""Truth in three values: yes, no, and open, with the points on which it hangs.

An answer counts only where every reading of AWS's documentation agrees on it. Kleene's
strong logic does that: what is open decides nothing, and hides nothing that is decided.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Open:
    """Neither true nor false; `points` say, each in a clause, what AWS leaves undocumented."""

    points: tuple[str, ...]

    def within(self, place: str) -> Open:
        """The same, each point with the place in front."""
        return Open(tuple(f"{place}{point}" for point in self.points))


Truth = bool | Open


def opened(point: str) -> Open:
    return Open((point,))


def negation(truth: Truth) -> Truth:
    return truth if isinstance(truth, Open) else not truth


def all_of(truths: Iterable[Truth]) -> Truth:
    """False as soon as one is false; true if there are none."""
    points: list[str] = []
    for truth in truths:
        if isinstance(truth, Open):
            points += truth.points
        elif not truth:
            return False
    return Open(tuple(dict.fromkeys(points))) if points else True


def any_of(truths: Iterable[Truth]) -> Truth:
    """True as soon as one is true; false if there are none."""
    points: list[str] = []
    for truth in truths:
        if isinstance(truth, Open):
            points += truth.points
        elif truth:
            return True
    return Open(tuple(dict.fromkeys(points))) if points else False


def unless_false(truth: Truth, point: str) -> Truth:
    """What is left of an answer of which only a "no" is certain."""
    return False if truth is False else opened(point)
