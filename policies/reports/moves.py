"""What accounts lost and won between two assessments, by what did it."""

from collections.abc import Sequence

from policies.events import Event, Named
from policies.models import UnitVersion
from policies.reports.content import Move
from policies.selectors.headings import Heading
from policies.selectors.regressions import changes_between
from policies.selectors.report_scope import Period
from policies.selectors.sentences import events_sentence


def moves(period: Period, unit: UnitVersion, columns: Sequence[Heading]) -> tuple[Move, ...]:
    """Newest cause first, each by guardrail; one query. Empty with nothing to compare with."""
    if period.before is None:
        return ()
    found = (
        changes_between(period, unit, [one.id for one in columns])
        .select_related("cause")
        .order_by("-assessment", "cause", "account__name", "account__aws_id")
        .values_list(
            "cause", "cause__events", "direction", "guardrail", "account__aws_id", "account__name"
        )
    )
    by_id = {one.id: one for one in columns}
    groups: dict[tuple[int, str, str], list[Named]] = {}
    causes: dict[int, str] = {}
    for cause, events, direction, guardrail, account_id, name in found:
        causes.setdefault(cause, events_sentence([Event.from_json(event) for event in events]))
        key = (cause, direction, guardrail)
        groups.setdefault(key, []).append(Named(account_id, name))
    return tuple(
        Move(causes[cause], direction, by_id[guardrail], tuple(accounts))
        for (cause, direction, guardrail), accounts in groups.items()
    )
