"""How pages name guardrails and statuses."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from policies import catalogue
from policies.analysis.verdict import Status

# In the order in which a person works through them: worst first.
STATUS_LABELS: Final = {
    Status.MISSING: "Missing",
    Status.PARTIAL: "Partial",
    Status.INDETERMINATE: "Indeterminate",
    Status.ENFORCED: "Enforced",
    Status.NOT_APPLICABLE: "Not applicable",
}
LACKING: Final = tuple(status for status in Status if status.lacking)
# The word that stands for them in addresses.
LACKING_WORD: Final = "lacking"
# Those that coverage is counted of.
COUNTED: Final = tuple(status for status in Status if status is not Status.NOT_APPLICABLE)


def statuses(words: Sequence[str]) -> list[Status]:
    """What the words of an address stand for: statuses, and `LACKING_WORD`."""
    named = [Status(word) for word in words if word != LACKING_WORD]
    return [*named, *LACKING] if LACKING_WORD in words else named


@dataclass(frozen=True, slots=True)
class Heading:
    """A guardrail as pages head it; `short` fits above a column."""

    id: str
    number: int
    title: str
    short: str


@cache
def headings() -> tuple[Heading, ...]:
    """Every guardrail of the catalogue, in its order."""
    return tuple(
        Heading(one.id, one.number, one.title, catalogue.short_title(one.id))
        for one in catalogue.guardrails()
    )
