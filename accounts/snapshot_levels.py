"""One account and the SCPs on its path, told without the rest of an organization."""

from dataclasses import replace
from datetime import datetime
from typing import Final

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
from accounts.snapshot_codec import SCP, build, organization_from_json
from accounts.snapshot_fields import Fields, SnapshotError, objects

# Ids that AWS could give, for what is told without one.
_ORGANIZATION: Final = Organization("o-0000000000", "aws", "000000000000", "ALL")
# Source: AWS Organizations User Guide, "Quotas": the root, five OUs below one another, the account.
_MOST_LEVELS: Final = 7


def from_levels(document: object, now: datetime) -> OrganizationSnapshot:
    """The snapshot in which one account hangs below some levels.

    The document has `account_id`, `levels` and, if wanted, `organization` as a snapshot has it.
    `levels` stand from the root down to the account itself, each an object with `policies`: a
    list of objects with a `content` (a text, or an object) and, if wanted, a `name` and an
    `id`; a level may have an `id` too. What has no id gets one that tells its place. Raises
    `SnapshotError`, which names the place.
    """
    top = Fields("", document)
    account_id = top.account_id("account_id")
    levels = list(objects(top, "levels"))
    if not 2 <= len(levels) <= _MOST_LEVELS:
        raise SnapshotError(
            f"levels: must be 2 to {_MOST_LEVELS}, from the root down to the account, "
            f"not {len(levels)}"
        )
    units: list[Unit] = []
    policies: dict[str, Policy] = {}
    attachments: dict[Attachment, None] = {}
    for depth, level in enumerate(levels):
        if depth < len(levels) - 1:
            target = _text(level, "id", f"ou-0000-{depth:08}" if depth else "r-0000")
            units.append(Unit(target, target, units[-1].id if units else None))
        else:
            target = account_id
        for index, row in enumerate(objects(level, "policies")):
            policy = _policy(row, f"p-level{depth}policy{index}")
            known = policies.setdefault(policy.id, policy)
            if replace(known, name=policy.name) != policy:
                raise row.error("id", f'"{policy.id}" has another content at another level')
            attachments[Attachment(policy.id, target)] = None
    account = Account(account_id, account_id, "", AccountState.ACTIVE, units[-1].id)
    return build(
        taken_at=now,
        organization=(
            organization_from_json(top.object("organization"))
            if "organization" in top
            else _ORGANIZATION
        ),
        scp_status=PolicyTypeStatus.ENABLED,
        units=units,
        accounts=[account],
        policies=list(policies.values()),
        attachments=list(attachments),
    )


def _policy(row: Fields, id: str) -> Policy:
    id = _text(row, "id", id)
    content = row.policy_text("content")
    if content is None:
        raise row.error("content", "must be a policy, as a text or as an object")
    return Policy(id, _text(row, "name", id), SCP, aws_managed=False, content=content)


def _text(fields: Fields, name: str, default: str) -> str:
    return fields.text(name) if name in fields else default
