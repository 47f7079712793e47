"""Looking for a request that gets through: exact, and ended by a request or by a proof."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from policies.analysis.hierarchy import Level, Levels
from policies.analysis.patterns import Pattern, StepLimit, shortest
from policies.analysis.reach import Bound, Reach, names, reach
from policies.analysis.scope import Subject
from policies.analysis.statement import Statement
from policies.analysis.verdict import Effect

# Combinations of alternatives that are looked into before the question stays open.
_COMBINATIONS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Bounds:
    """How Deny and Allow statements are read."""

    deny: Bound
    allow: Bound


# Nothing found in this reading: nothing gets through.
GENEROUS: Final = Bounds(deny=Bound.LEAST, allow=Bound.GREATEST)
# Something found in this reading: it gets through.
STRICT: Final = Bounds(deny=Bound.GREATEST, allow=Bound.LEAST)

# Patterns to match, and patterns not to match.
_Option = tuple[tuple[Pattern, ...], tuple[Pattern, ...]]


def open_resource(
    action: str, templates: Sequence[str], levels: Levels, subject: Subject, bounds: Bounds
) -> str | None:
    """A resource on which the action gets through in this reading; None if on none.

    Raises `StepLimit` where the search would take too long.
    """
    limits = _limits(action, levels, subject, bounds)
    if limits is None:
        return None
    if not templates:
        return "*" if all(any(one.covers("*") for one in limit) for limit in limits) else None
    for template in templates:
        for option in _options(limits):
            found = shortest(subject.resource(template), *option)
            if found is not None:
                return found
    return None


def _limits(
    action: str, levels: Levels, subject: Subject, bounds: Bounds
) -> list[list[Reach]] | None:
    """What a resource must satisfy: one reach of each list. None where nothing allows."""
    limits: list[list[Reach]] = []
    for level in levels:
        allowing = _reaches(level, Effect.ALLOW, action, subject, bounds.allow)
        if level.unreadable and bounds.allow is Bound.GREATEST:
            allowing = [Reach((), inside=False)]
        if level.unreadable and bounds.deny is Bound.GREATEST:
            return None
        if not allowing:
            return None
        if not any(one.always for one in allowing):
            limits.append(allowing)
        for one in _reaches(level, Effect.DENY, action, subject, bounds.deny):
            if one.always:
                return None
            limits.append([Reach(one.patterns, inside=not one.inside)])
    return limits


def _reaches(
    level: Level, effect: Effect, action: str, subject: Subject, bound: Bound
) -> list[Reach]:
    found = [reach(one, subject, bound) for one in bearing(level, effect, action)]
    return [one for one in found if one.patterns or not one.inside]


def bearing(level: Level, effect: Effect, action: str) -> Iterator[Statement]:
    """The statements of a level with this effect that speak of the action."""
    return (one for one in level.statements if one.effect is effect and names(one, action))


def _options(limits: Sequence[Sequence[Reach]]) -> Iterator[_Option]:
    """Each way to satisfy all the limits, as patterns to match and not to match."""
    barred = tuple(
        pattern
        for limit in limits
        if len(limit) == 1 and not limit[0].inside
        for pattern in limit[0].patterns
    )
    choices = [
        [one for reach in limit for one in _alternatives(reach)]
        for limit in limits
        if len(limit) > 1 or limit[0].inside
    ]
    for count, chosen in enumerate(itertools.product(*choices)):
        if count >= _COMBINATIONS:
            raise StepLimit
        required = tuple(pattern for matched, _ in chosen for pattern in matched)
        yield required, barred + tuple(pattern for _, unmatched in chosen for pattern in unmatched)


def _alternatives(reach: Reach) -> list[_Option]:
    if reach.inside:
        return [((pattern,), ()) for pattern in reach.patterns]
    return [((), reach.patterns)]
