"""What is found of one action: closed, open with a request that gets through, or unclear."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from policies.analysis.bearing import Case
from policies.analysis.requirements import Part
from policies.analysis.scene import Scene
from policies.analysis.search import Model
from policies.analysis.verdict import Evidence, Request


@dataclass(frozen=True, slots=True)
class Closed:
    """No request gets through."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A Deny that speaks of the action, and its part that the witness does not meet."""

    evidence: Evidence
    part: Part


@dataclass(frozen=True, slots=True)
class Open:
    """A request that gets through, and past which statements, by which of their parts.

    `allowed_by`: for each level that does not let everything pass, an Allow that does.
    """

    witness: Request
    scene: Scene
    model: Model
    holes: tuple[Hole, ...] = ()
    allowed_by: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """A clause on what an answer hangs on; of a statement, and the words of its part."""

    clause: str
    evidence: Evidence | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Unsent:
    """A request that would get through, and that by AWS's documentation nobody sends.

    `resource` is `*` for an action without resource-level permissions; `carried` says what
    of its context it takes.
    """

    principal_arn: str
    resource: str
    carried: str


Point = Doubt | Unsent
TOO_LONG: Final = Doubt("the search would take more steps than the portal allows itself")


@dataclass(frozen=True, slots=True)
class Unclear:
    """What the answer hangs on."""

    points: tuple[Point, ...]


Answer = Closed | Open | Unclear


class Finding(NamedTuple):
    """What is known of one action.

    An open one's witness is of whichever action was asked about first of those that share it.

    `restricted`: some request with it is surely stopped; `perhaps_restricted`: in some
    reading. `evidence` are the statements and levels that close it, or a part of it.
    """

    action: str
    answer: Answer
    case: Case
    restricted: bool
    perhaps_restricted: bool
    evidence: tuple[Evidence, ...]
    # Why it is not sure that anything is stopped, where something perhaps is.
    doubts: tuple[Doubt, ...] = ()
    # Whether a path that holds a colon opens what is closed otherwise.
    open_by_colon: bool = False


def evidence_of(findings: Iterable[Finding]) -> tuple[Evidence, ...]:
    """That of all findings, each once; those with equal cases share theirs."""
    shared = {id(one.evidence): one.evidence for one in findings}
    return tuple(dict.fromkeys(item for evidence in shared.values() for item in evidence))
