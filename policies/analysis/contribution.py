"""What one statement does for one guardrail, read by itself.

A verdict weighs all statements of a path together; this only tells what a statement speaks
of, so that whoever edits an SCP sees what hangs on it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from policies.analysis.bearing import named
from policies.analysis.guardrail import Guardrail
from policies.analysis.patterns import is_everything
from policies.analysis.statement import Statement
from policies.analysis.verdict import Effect


@dataclass(frozen=True, slots=True)
class Contribution:
    """`actions` are those of the guardrail that the statement reaches.

    `unreached` are those that it names in vain: they have no resource, so a statement that
    names ARNs is never about them. Source: IAM User Guide, "IAM JSON policy elements:
    Resource"; Service Authorization Reference, "Actions, resources, and condition keys".
    """

    guardrail_id: str
    effect: Effect
    actions: tuple[str, ...]
    unreached: tuple[str, ...]
    of: int

    @property
    def complete(self) -> bool:
        """Whether it speaks of all that the guardrail is about."""
        return len(self.actions) == self.of


def contribution(statement: Statement, guardrail: Guardrail) -> Contribution | None:
    """None for a statement that has nothing to do with the guardrail."""
    spoken_of = [
        action
        for action in guardrail.actions
        if named(statement.actions, statement.not_action, action.lower()).possibly
    ]
    if not spoken_of:
        return None
    unreached = tuple(
        action
        for action in spoken_of
        if not guardrail.actions[action] and not _reaches_no_resource(statement)
    )
    actions = tuple(
        action
        for action in spoken_of
        if action not in unreached and _reaches(statement, guardrail.actions[action])
    )
    if not actions and not unreached:
        return None
    return Contribution(guardrail.id, statement.effect, actions, unreached, len(guardrail.actions))


def _reaches_no_resource(statement: Statement) -> bool:
    """Whether it is about actions too whose resource is the literal `*`."""
    everything = any(is_everything(one) for one in statement.resources)
    return not everything if statement.not_resource else everything


def _reaches(statement: Statement, templates: Sequence[str]) -> bool:
    """Whether some resource that the action can be called on is one that it names."""
    if statement.not_resource or not templates:
        return True
    return any(
        overlap(_opened(template), _opened(resource))
        for template in templates
        for resource in statement.resources
    )


def _opened(arn: str) -> str:
    """With `*` for what is filled in when a request comes."""
    return re.sub(r"\$\{[^}]*\}", "*", arn)


@lru_cache(maxsize=20_000)
def overlap(one: str, other: str) -> bool:
    """Whether some ARN matches both patterns, component by component."""
    ours, theirs = one.split(":", 5), other.split(":", 5)
    if len(ours) < 6 or len(theirs) < 6:
        ours, theirs = [one], [other]
    return all(_share_a_text(a, b) for a, b in zip(ours, theirs, strict=True))


def _share_a_text(one: str, other: str) -> bool:
    # reached[j]: the part of `one` read so far and other[:j] share a text.
    reached = [True]
    for letter in other:
        reached.append(reached[-1] and letter == "*")
    for ours in one:
        before, reached = reached, [reached[0] and ours == "*"]
        for j, theirs in enumerate(other):
            if ours == "*" or theirs == "*":
                met = before[j + 1] or reached[j]
            else:
                met = before[j] and (ours == theirs or "?" in (ours, theirs))
            reached.append(met)
    return reached[-1]
