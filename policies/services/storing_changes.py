"""Rows of change: each verdict that is another than before, under what changed it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from policies.analysis.verdict import Status
from policies.events import Event
from policies.models import Assessment, Cause, ChangeTotal, Verdict, VerdictChange
from policies.services.comparing import AccountPair, Difference, difference
from policies.services.counting_changes import ChangeCounts
from policies.services.explaining import Decided, explain

_BATCH: Final = 5_000
_RANK: Final = {Status.MISSING: 0, Status.PARTIAL: 1, Status.ENFORCED: 2}
_Direction = VerdictChange.Direction


def store_changes(before: Assessment | None, after: Assessment) -> None:
    """To be called when the versions of `after` are stored; an organization's first
    assessment changes nothing. Needs a transaction around it.
    """
    if before is None:
        return
    found = difference(before, after)
    causes, counts = _Causes(after), ChangeCounts()
    rows = list(_changes(after, found, causes, counts))
    for change in rows:
        causes.count(change)
    for event in found.events():
        causes.of_lone(event)
    Cause.objects.bulk_create(causes.by_events.values(), batch_size=_BATCH)
    VerdictChange.objects.bulk_create(rows, batch_size=_BATCH)
    ChangeTotal.objects.bulk_create(counts.totals(), batch_size=_BATCH)


@dataclass(slots=True)
class _Causes:
    """One row for each set of events that changed something, and for each other event."""

    assessment: Assessment
    by_events: dict[tuple[Event, ...], Cause] = field(default_factory=dict)
    told: set[Event] = field(default_factory=set)

    def of(self, events: tuple[Event, ...]) -> Cause:
        if events not in self.by_events:
            told = [event.to_json() for event in events]
            self.by_events[events] = Cause(assessment=self.assessment, events=told)
            self.told.update(events)
        return self.by_events[events]

    def count(self, change: VerdictChange) -> None:
        change.cause.changed += 1
        change.cause.regressions += change.direction == _Direction.REGRESSION
        change.cause.improvements += change.direction == _Direction.IMPROVEMENT

    def of_lone(self, event: Event) -> None:
        if event not in self.told:
            self.of((event,))


def _changes(
    after: Assessment, found: Difference, causes: _Causes, counts: ChangeCounts
) -> Iterable[VerdictChange]:
    postures = _verdicts(found.accounts.values())
    for pair in found.accounts.values():
        old = postures[pair.before.posture_id] if pair.before else {}
        new = postures[pair.after.posture_id] if pair.after else {}
        if old is new:
            continue
        for guardrail in old | new:
            was, now = old.get(guardrail), new.get(guardrail)
            if _differ(was, now):
                change = VerdictChange(
                    assessment=after,
                    cause=causes.of(explain(found, pair, was, now)),
                    account=pair.last,
                    unit_id=pair.last.unit_id,
                    former_unit_id=pair.former_unit_id,
                    guardrail=guardrail,
                    before_id=was.id if was else None,
                    after_id=now.id if now else None,
                    direction=direction(was, now),
                )
                counts.count(change, pair, _status(was), _status(now))
                yield change


def _status(decided: Decided | None) -> str:
    return decided.status.value if decided else ""


def _verdicts(pairs: Iterable[AccountPair]) -> dict[int, dict[str, Decided]]:
    """By posture and guardrail, without what is long in a verdict: its witnesses."""
    versions = (one for pair in pairs for one in (pair.before, pair.after) if one)
    found: dict[int, dict[str, Decided]] = {one.posture_id: {} for one in versions}
    rows = Verdict.objects.filter(posture__in=found.keys()).order_by("pk")
    for posture, guardrail, id, status, opened, evidence in rows.values_list(
        "posture", "guardrail", "pk", "status", "detail__open_actions", "detail__evidence"
    ):
        found[posture][guardrail] = Decided(
            id,
            Status(status),
            frozenset(opened),
            frozenset((one["policy_id"], one["target_id"]) for one in evidence),
        )
    return found


def _differ(before: Decided | None, after: Decided | None) -> bool:
    """In status, or in what a partial one leaves open; not in the statements that decide."""
    if before is None or after is None or before.status is not after.status:
        return True
    return before.status is Status.PARTIAL and before.open_actions != after.open_actions


def direction(before: Decided | None, after: Decided | None) -> VerdictChange.Direction:
    """Whether the account has less of the guardrail than before, or more."""
    if before is None or after is None:
        return _Direction.OTHER
    was, now = before.status, after.status
    if was is now is Status.PARTIAL:
        worse = before.open_actions < after.open_actions
        better = before.open_actions > after.open_actions
    elif was in _RANK and now in _RANK:
        worse, better = _RANK[was] > _RANK[now], _RANK[was] < _RANK[now]
    else:
        # Nothing is known of how much an indeterminate verdict leaves open.
        worse = was is Status.ENFORCED and now.lacking
        better = now is Status.ENFORCED and was.lacking
    if worse:
        return _Direction.REGRESSION
    return _Direction.IMPROVEMENT if better else _Direction.OTHER
