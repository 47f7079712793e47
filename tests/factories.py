"""Organizations for tests, said in few words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

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
from accounts.snapshot_codec import build

MANAGEMENT = "999999999999"
ROOT = "r-ab12"
SCP = "SERVICE_CONTROL_POLICY"
FULL_ACCESS = Policy(
    "p-FullAWSAccess",
    "FullAWSAccess",
    SCP,
    aws_managed=True,
    content='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
)
TAKEN_AT = datetime(2026, 11, 23, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Scp:
    """`at` are paths of units ("" is the root, "Workloads/Payments") or names of accounts."""

    name: str
    content: str
    at: Sequence[str] = ("",)


def deny(*actions: str, resource: str = "*", sid: str = "", **more: Any) -> str:
    """The text of an SCP that denies the actions; `more` are other keys of its statement."""
    statement = {"Effect": "Deny", "Action": list(actions), "Resource": resource, **more}
    if sid:
        statement["Sid"] = sid
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


NO_LOGIN_PROFILES = deny(
    "iam:ChangePassword",
    "iam:CreateLoginProfile",
    "iam:UpdateLoginProfile",
    "iam:UpdateAccountPasswordPolicy",
    sid="NoLoginProfiles",
)
KEEP_S3_PRIVATE = deny("s3:PutAccountPublicAccessBlock", sid="KeepS3Private")


def organization(
    accounts: Mapping[str, str] | None = None,
    scps: Sequence[Scp] = (),
    *,
    states: Mapping[str, AccountState] | None = None,
    scp_status: PolicyTypeStatus = PolicyTypeStatus.ENABLED,
    taken_at: datetime = TAKEN_AT,
) -> OrganizationSnapshot:
    """A snapshot with these accounts by name, each with the path of its unit.

    Units are made of the paths, with ids by order of first mention; accounts have the ids
    100000000001, …. FullAWSAccess is attached everywhere, and the account "management",
    which SCPs never affect, hangs from the root.
    """
    accounts = accounts or {"payments": "Workloads"}
    states = states or {}
    paths = [*accounts.values(), *(at for scp in scps for at in scp.at if at not in accounts)]
    units = _units(paths)
    rows = [
        Account(
            id=f"{100_000_000_000 + number}",
            name=name,
            email=f"aws+{number}@example.com",
            state=states.get(name, AccountState.ACTIVE),
            parent_id=units[path].id,
        )
        for number, (name, path) in enumerate(accounts.items(), start=1)
    ]
    management = Account(
        MANAGEMENT, "management", "aws@example.com", AccountState.ACTIVE, units[""].id
    )
    targets = {path: unit.id for path, unit in units.items()}
    targets |= {account.name: account.id for account in rows}
    attached = [Attachment(FULL_ACCESS.id, id) for id in (*targets.values(), MANAGEMENT)]
    policies = [FULL_ACCESS]
    for number, scp in enumerate(scps, start=1):
        policies.append(Policy(f"p-scp{number:05d}", scp.name, SCP, False, scp.content))
        attached += [Attachment(policies[-1].id, targets[at]) for at in scp.at]
    return build(
        taken_at=taken_at,
        organization=Organization("o-example0001", "aws", MANAGEMENT, "ALL"),
        scp_status=scp_status,
        units=list(units.values()),
        accounts=[*rows, management],
        policies=policies,
        attachments=attached,
    )


def _units(paths: Sequence[str]) -> dict[str, Unit]:
    """Every unit of the paths and above them, by path."""
    units = {"": Unit(ROOT, "Root", None)}
    for path in paths:
        names = path.split("/") if path else []
        for depth in range(1, len(names) + 1):
            here = "/".join(names[:depth])
            if here not in units:
                parent = units["/".join(names[: depth - 1])]
                units[here] = Unit(f"ou-ab12-{len(units):08d}", names[depth - 1], parent.id)
    return units


def account_id(snapshot: OrganizationSnapshot, name: str) -> str:
    return next(account.id for account in snapshot.accounts if account.name == name)
