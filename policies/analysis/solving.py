"""A value of one variable that meets several requirements, or the proof of none."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import partial
from typing import Final

from policies.analysis.keys import Presence
from policies.analysis.ordered import USUAL, is_from, is_whole, usual_moments
from policies.analysis.requirements import Cases, Quantifier, Requirement, Texts, Values
from policies.analysis.scene import Domain
from policies.analysis.walks import Steps, shortest

# Steps that it takes to begin.
_TO_SOLVE: Final = 5
# The values of one variable; empty where the key is absent.
Value = tuple[str, ...]


def solve(domain: Domain, asked: Collection[Requirement], steps: Steps) -> Value | None:
    """A value of the domain that meets all that is asked; None proves that there is none.

    Absence is preferred, then what people know. Raises `StepLimit`.
    """
    steps.spend(_TO_SOLVE + len(asked))
    if domain.presence is not Presence.ALWAYS and all(one.absent for one in asked):
        return ()
    if domain.presence is Presence.NEVER:
        return None
    if domain.fixed is not None:
        return domain.fixed if all(one.holds(domain.fixed) for one in asked) else None
    if not domain.multivalued:
        found = _single(domain, [one.values for one in asked], steps)
        return None if found is None else (found,)
    return _several(domain, asked, steps)


def _several(domain: Domain, asked: Collection[Requirement], steps: Steps) -> Value | None:
    """Each value must meet what is asked of all; one more value each for what is asked of any."""
    of_all = [one.values for one in asked if one.quantifier is Quantifier.ALL]
    of_any = [one.values for one in asked if one.quantifier is Quantifier.ANY]
    found: list[str] = []
    for wanted in of_any:
        if any(wanted.contains(one) for one in found):
            continue
        value = _single(domain, [*of_all, wanted], steps)
        if value is None:
            return None
        found.append(value)
    if not found:
        value = _single(domain, of_all, steps)
        return None if value is None else (value,)
    return tuple(sorted(found))


def _single(domain: Domain, wanted: list[Values], steps: Steps) -> str | None:
    if domain.space is None:
        return _case(domain, wanted, steps)
    texts = [one for one in wanted if isinstance(one, Texts)]
    inside = [one.language for one in texts if one.inside]
    outside = [one.language for one in texts if not one.inside]
    return shortest(domain.space, inside, outside, steps)


def _case(domain: Domain, wanted: list[Values], steps: Steps) -> str | None:
    samples: Iterable[str] = (
        sample for one in wanted if isinstance(one, Cases) for sample in one.samples
    )
    if domain.whole:
        samples = filter(is_whole, samples)
    usual = USUAL.get(domain.type.value, ())
    if domain.earliest is not None:
        usual = usual_moments(domain.earliest)
        samples = filter(partial(is_from, domain.earliest), samples)
    candidates = dict.fromkeys(domain.only or (*usual, *samples))
    steps.spend(len(candidates))
    for value in candidates:
        if all(one.contains(value) for one in wanted):
            return value
    return None
