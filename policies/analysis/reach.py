"""Which statements bear on an action, and on which resources, as certainly as is known.

Where AWS leaves a point open, or the portal does not yet decide one, a statement has a
least and a greatest reach. A proof that nothing gets through counts the least of each
Deny and the greatest of each Allow; a request that gets through, the other way round.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from policies.analysis.patterns import Pattern
from policies.analysis.scope import Subject
from policies.analysis.statement import Statement


class Bound(enum.Enum):
    """Which of a statement's two reaches is meant."""

    LEAST = "least"
    GREATEST = "greatest"


@dataclass(frozen=True, slots=True)
class Reach:
    """The resources that a statement speaks of: those matching any pattern, or none.

    `always` is a reach over everything; with no patterns and `inside`, over nothing.
    """

    patterns: tuple[Pattern, ...]
    inside: bool = True

    @property
    def always(self) -> bool:
        if self.inside:
            return any(one.everything for one in self.patterns)
        return not self.patterns

    def covers(self, resource: str) -> bool:
        """Whether a concrete resource is in it; `*` is an action without resources.

        Only a pattern made of `*` covers that one. Source: Service Authorization
        Reference, "Actions table", actions without resource-level permissions.
        """
        if resource == "*":
            matched = any(one.everything for one in self.patterns)
        else:
            matched = any(one.matches(resource) for one in self.patterns)
        return matched is self.inside


NOTHING = Reach(())


def names(statement: Statement, action: str) -> bool:
    """Whether the statement speaks of the action; IAM compares actions without case."""
    lowered = action.lower()
    matched = any(Pattern(one).matches(lowered) for one in statement.actions)
    return matched is not statement.not_action


def reach(statement: Statement, subject: Subject, bound: Bound) -> Reach:
    """The resources that the statement speaks of at the least or at the most.

    A condition may always fail or always hold: at the least the statement speaks of
    nothing.
    """
    if statement.conditions and bound is Bound.LEAST:
        return NOTHING
    # Few excluded resources make a wide reach, so NotResource turns the bound round.
    widest = (bound is Bound.GREATEST) is not statement.not_resource
    patterns = [
        pattern
        for one in statement.resources
        if (pattern := _pattern(one, statement, subject, widest=widest)) is not None
    ]
    return Reach(tuple(patterns), inside=not statement.not_resource)


def undecided(statement: Statement, subject: Subject) -> bool:
    """Whether least and greatest reach may differ."""
    least = reach(statement, subject, Bound.LEAST)
    return bool(statement.conditions) or least != reach(statement, subject, Bound.GREATEST)


def _pattern(text: str, statement: Statement, subject: Subject, *, widest: bool) -> Pattern | None:
    """A resource pattern at its widest or narrowest; None where that matches nothing.

    AWS documents both that the components of an ARN are compared one by one and that a
    `*` at the end of one may cross the colon: the two readings are the two bounds.
    """
    if Pattern(text).everything:
        return Pattern("*")
    if statement.variables and "${" in text:
        text = text.replace("${aws:PrincipalAccount}", subject.account_id)
        text = text.replace("${aws:PrincipalOrgID}", subject.organization_id)
        if "${" in text:
            return Pattern(text.partition("${")[0] + "*") if widest else None
    crossing = "*" in text and text.count(":") != text[: text.rfind("*")].count(":")
    if not widest and text.count(":") < 5:
        return None
    return Pattern(text, segments=not widest and crossing)
