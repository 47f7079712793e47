"""What the sample organization was on the days before: today's, with each act undone."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from accounts.sample import sample_document
from accounts.snapshot import Account, Attachment, OrganizationSnapshot, Policy, Unit
from accounts.snapshot_codec import build

# Before the first act, and more than the month that a trend shows at first.
DAYS: Final = 34


def past(today: OrganizationSnapshot) -> Sequence[OrganizationSnapshot]:
    """A snapshot for each of `DAYS` days until yesterday, the first day first.

    `today` is what was read of the sample organization: its ids are those of the past.
    """
    acts = sample_document()["history"]
    days: list[OrganizationSnapshot] = []
    snapshot = today
    for number in range(1, DAYS + 1):
        for act in acts:
            if act["days_ago"] == number - 1:
                snapshot = _before(snapshot, act)
        days.append(replace(snapshot, taken_at=today.taken_at - timedelta(days=number)))
    return days[::-1]


def _before(after: OrganizationSnapshot, act: Mapping[str, Any]) -> OrganizationSnapshot:
    """An act names what it did to what: `moved` says from where, `edited` the text until then."""
    named: tuple[Unit | Account | Policy, ...] = (*after.units, *after.accounts, *after.policies)
    ids = {one.name: one.id for one in named}

    def attachments(kind: str) -> set[Attachment]:
        return {Attachment(ids[scp], ids[target]) for scp, target in act.get(kind, {}).items()}

    joined = {ids[name] for name in act.get("joined", [])}
    moved = {ids[name]: ids[unit] for name, unit in act.get("moved", {}).items()}
    edited = {ids[name]: json.dumps(text, indent=2) for name, text in act.get("edited", {}).items()}
    attached = {
        one
        for one in {*after.attachments, *attachments("detached")} - attachments("attached")
        if one.target_id not in joined
    }
    used = {one.policy_id for one in attached}
    return build(
        taken_at=after.taken_at,
        organization=after.organization,
        scp_status=after.scp_status,
        units=list(after.units),
        accounts=[
            replace(one, parent_id=moved.get(one.id, one.parent_id))
            for one in after.accounts
            if one.id not in joined
        ],
        policies=[
            replace(one, content=edited.get(one.id, one.content) if one.id in used else None)
            for one in after.policies
        ],
        attachments=list(attached),
    )
