"""The snapshot's file format, version 1: written by `crawl --output`, read by `assess`."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from accounts.snapshot import (
    Account,
    AccountState,
    Attachment,
    Organization,
    OrganizationSnapshot,
    Policy,
    PolicyTypeStatus,
    Unit,
)
from accounts.snapshot_fields import Fields, SnapshotError, objects
from accounts.snapshot_rules import check

__all__ = ["SnapshotError", "as_json", "build", "digest", "dumps", "from_json", "loads", "parsed"]

FORMAT: Final = "guardrails-portal/organization-snapshot"
VERSION: Final = 1
SCP: Final = "SERVICE_CONTROL_POLICY"
# Clocks of machines that made a snapshot and that read it; much less than a proof allows for.
_CLOCKS_DIFFER: Final = timedelta(hours=1)


def build(
    *,
    taken_at: datetime,
    organization: Organization,
    scp_status: PolicyTypeStatus,
    units: list[Unit],
    accounts: list[Account],
    policies: list[Policy],
    attachments: list[Attachment],
) -> OrganizationSnapshot:
    """Sort and check the parts; raises `SnapshotError` where they do not fit together."""
    snapshot = OrganizationSnapshot(
        taken_at=taken_at,
        organization=organization,
        scp_status=scp_status,
        units=tuple(sorted(units, key=lambda unit: unit.id)),
        accounts=tuple(sorted(accounts, key=lambda account: account.id)),
        policies=tuple(sorted(policies, key=lambda policy: policy.id)),
        attachments=tuple(sorted(attachments, key=lambda one: (one.target_id, one.policy_id))),
    )
    check(snapshot)
    return snapshot


def dumps(snapshot: OrganizationSnapshot) -> str:
    """The snapshot as a JSON text in the file format."""
    return json.dumps(as_json(snapshot), ensure_ascii=False, indent=1) + "\n"


def digest(snapshot: OrganizationSnapshot) -> str:
    """SHA-256 in hex of everything but `taken_at`: equal organizations, equal digests."""
    content = as_json(snapshot)
    del content["taken_at"]
    text = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def loads(text: str) -> OrganizationSnapshot:
    """Read the file format; raises `SnapshotError`, which names the place."""
    return from_json(parsed(text))


def parsed(text: str) -> object:
    """The JSON value; raises `SnapshotError`, which names the place."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        message = f"line {error.lineno} column {error.colno}: not JSON: {error.msg}"
        raise SnapshotError(message) from None
    except RecursionError:
        raise SnapshotError("nested too deeply") from None


def from_json(document: object) -> OrganizationSnapshot:
    """Read the file format, parsed already; raises `SnapshotError`, which names the place."""
    top = Fields("", document)
    top.expect("format", FORMAT)
    top.expect("version", VERSION)
    return build(
        taken_at=_moment(top),
        organization=organization_from_json(top.object("organization")),
        scp_status=_scp_status(top),
        units=[
            Unit(row.text("id"), row.text("name"), row.text_or_none("parent_id"))
            for row in objects(top, "units")
        ],
        accounts=[
            Account(
                id=row.account_id("id"),
                name=row.text("name"),
                email=row.text("email"),
                state=row.choice("state", AccountState),
                parent_id=row.text("parent_id"),
            )
            for row in objects(top, "accounts")
        ],
        policies=[
            Policy(
                id=row.text("id"),
                name=row.text("name"),
                type=row.text("type"),
                aws_managed=row.boolean("aws_managed"),
                content=row.policy_text("content"),
            )
            for row in objects(top, "policies")
        ],
        attachments=[
            Attachment(row.text("policy_id"), row.text("target_id"))
            for row in objects(top, "attachments")
        ],
    )


def organization_from_json(row: Fields) -> Organization:
    """The part of the format that says whose snapshot it is; raises `SnapshotError`."""
    return Organization(
        id=row.text("id"),
        partition=row.text("partition"),
        management_account_id=row.account_id("management_account_id"),
        feature_set=row.text("feature_set"),
    )


def _moment(top: Fields) -> datetime:
    text = top.text("taken_at")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise top.error("taken_at", f'"{text}" is not an ISO 8601 time') from None
    if moment.tzinfo is None:
        raise top.error("taken_at", f'"{text}" names no time zone; end it with "Z" for UTC')
    if moment > datetime.now(UTC) + _CLOCKS_DIFFER:
        # What is judged is what can be sent from then on, without all that is sent until then.
        raise top.error("taken_at", f'"{text}" is yet to come; say when AWS was read')
    return moment.astimezone(UTC)


def _scp_status(top: Fields) -> PolicyTypeStatus:
    for row in objects(top, "policy_types"):
        if row.text("type") == SCP:
            return row.choice("status", PolicyTypeStatus)
    return PolicyTypeStatus.DISABLED


def as_json(snapshot: OrganizationSnapshot) -> dict[str, Any]:
    """The snapshot file as a value; `dumps` writes it."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "taken_at": snapshot.taken_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "organization": _row(snapshot.organization),
        "policy_types": [{"type": SCP, "status": snapshot.scp_status}],
        "units": list(map(_row, snapshot.units)),
        "accounts": list(map(_row, snapshot.accounts)),
        "policies": list(map(_row, snapshot.policies)),
        "attachments": list(map(_row, snapshot.attachments)),
    }


def _row(part: Organization | Unit | Account | Policy | Attachment) -> dict[str, Any]:
    """Its fields, as `dataclasses.asdict` gives them, which takes ten times as long."""
    return {name: getattr(part, name) for name in part.__slots__}
