"""What an edit changed in the text of an SCP."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import F, Q

from policies.events import EventKind
from policies.models import Cause, PolicyVersion
from policies.selectors.policy_text import indented

_CONTEXT: Final = 3
# Of one difference among others: a page of the feed may hold 25 rewritten SCPs.
_SHOWN: Final = 80


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """`kind` is "added", "removed", "same", or "gap" between two places."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Between two texts of one policy; without lines where only the layout differs."""

    policy_id: str
    policy_name: str
    lines: tuple[DifferenceLine, ...]

    @property
    def first_lines(self) -> tuple[DifferenceLine, ...]:
        """As many as a feed has room for."""
        return self.lines[:_SHOWN]

    @property
    def more(self) -> int:
        return len(self.lines[_SHOWN:])


def differences_of(causes: Sequence[Cause]) -> Mapping[int, tuple[Difference, ...]]:
    """What each cause edited, by its key; one query, and none where nothing was edited."""
    edited = [
        (cause.pk, cause.assessment_id, event["policy"]["id"])
        for cause in causes
        for event in cause.events
        if event["kind"] == EventKind.SCP_EDITED
    ]
    if not edited:
        return {}
    wanted = Q()
    for _, assessment, policy in edited:
        wanted |= Q(aws_id=policy) & (Q(since=assessment) | Q(until=assessment))
    began: dict[tuple[int, str], PolicyVersion] = {}
    ended: dict[tuple[int, str], PolicyVersion] = {}
    for row in PolicyVersion.objects.filter(wanted).annotate(start=F("since__since")):
        began[row.since_id, row.aws_id] = row
        if row.until_id:
            ended[row.until_id, row.aws_id] = row
    found: dict[int, tuple[Difference, ...]] = {}
    for cause, assessment, policy in edited:
        old, new = ended.get((assessment, policy)), began.get((assessment, policy))
        if old and new:
            found[cause] = (*found.get(cause, ()), _between(old, new))
    return found


def difference(before: str, after: str) -> tuple[DifferenceLine, ...]:
    """Line by line of the indented texts, so that how they are laid out changes nothing."""
    old, new = indented(before).splitlines(), indented(after).splitlines()
    kinds = {"+": "added", "-": "removed", " ": "same", "@": "gap"}
    # The first two lines are names of files.
    lines = list(difflib.unified_diff(old, new, lineterm="", n=_CONTEXT))[2:]
    return tuple(DifferenceLine(kinds[line[0]], line[1:]) for line in lines)


def _between(before: PolicyVersion, after: PolicyVersion) -> Difference:
    lines = difference(before.content or "", after.content or "")
    return Difference(after.aws_id, after.name, lines)
