"""An invented organization, and the changes that can happen to it."""

from __future__ import annotations

import json
import random
import time
from dataclasses import dataclass, field
from datetime import datetime

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

FULL_ACCESS_ID = "p-FullAWSAccess"
FULL_ACCESS = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)
STATES = ("PENDING_ACTIVATION", "SUSPENDED", "PENDING_CLOSURE", "CLOSED")


@dataclass
class SimulatedUnit:
    id: str
    name: str
    parent_id: str | None


@dataclass
class SimulatedAccount:
    id: str
    name: str
    parent_id: str
    state: str = "ACTIVE"
    joined_at: float = 1_700_000_000.0
    email: str = ""

    def __post_init__(self) -> None:
        self.email = self.email or f"{self.name}@example.com"


@dataclass
class SimulatedPolicy:
    id: str
    name: str
    content: str

    @property
    def aws_managed(self) -> bool:
        return self.id == FULL_ACCESS_ID


@dataclass
class SimulatedOrganization:
    """Mutable on purpose: tests move accounts and detach policies while it is read."""

    id: str = "o-simulated01"
    management_account_id: str = "100000000000"
    feature_set: str = "ALL"
    scp_status: str | None = "ENABLED"
    partition: str = "aws"
    units: dict[str, SimulatedUnit] = field(default_factory=dict)
    accounts: dict[str, SimulatedAccount] = field(default_factory=dict)
    policies: dict[str, SimulatedPolicy] = field(default_factory=dict)
    # Policy id → ids of its targets, kept sorted when they are listed.
    targets: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, snapshot: OrganizationSnapshot) -> SimulatedOrganization:
        """The organization whose crawl gives this snapshot."""
        found = snapshot.organization
        made = cls(found.id, found.management_account_id, found.feature_set)
        for policy in snapshot.policies:
            made.add_policy(policy.id, policy.name, policy.content or "{}")
        for unit in snapshot.units:
            made.units[unit.id] = SimulatedUnit(unit.id, unit.name, unit.parent_id)
        for one in snapshot.accounts:
            made.accounts[one.id] = SimulatedAccount(
                one.id, one.name, one.parent_id, one.state, email=one.email
            )
        for attachment in snapshot.attachments:
            made.attach(attachment.policy_id, attachment.target_id)
        return made

    @property
    def root_id(self) -> str:
        return next(unit.id for unit in self.units.values() if unit.parent_id is None)

    def add_unit(self, id: str, name: str, parent_id: str | None) -> None:
        self.units[id] = SimulatedUnit(id, name, parent_id)
        self.attach(FULL_ACCESS_ID, id)

    def add_account(self, id: str, name: str, parent_id: str, state: str = "ACTIVE") -> None:
        self.accounts[id] = SimulatedAccount(id, name, parent_id, state)
        self.attach(FULL_ACCESS_ID, id)

    def create_account(self, id: str, name: str, parent_id: str) -> None:
        """Add it as of now, as CreateAccount does."""
        self.accounts[id] = SimulatedAccount(id, name, parent_id, joined_at=time.time())
        self.attach(FULL_ACCESS_ID, id)

    def add_policy(self, id: str, name: str, content: str) -> None:
        self.policies[id] = SimulatedPolicy(id, name, content)
        self.targets.setdefault(id, set())

    def attach(self, policy_id: str, target_id: str) -> None:
        self.targets[policy_id].add(target_id)

    def detach(self, policy_id: str, target_id: str) -> None:
        self.targets[policy_id].discard(target_id)

    def move(self, account_id: str, parent_id: str) -> None:
        self.accounts[account_id].parent_id = parent_id

    def delete_unit(self, unit_id: str) -> None:
        """As at AWS, the unit must be empty; its attachments go with it."""
        parents = {one.parent_id for one in self.accounts.values()}
        if unit_id in parents | {one.parent_id for one in self.units.values()}:
            raise ValueError(f"{unit_id} is not empty")
        del self.units[unit_id]
        self._forget(unit_id)

    def remove_account(self, account_id: str) -> None:
        del self.accounts[account_id]
        self._forget(account_id)

    def _forget(self, target_id: str) -> None:
        for targets in self.targets.values():
            targets.discard(target_id)

    def delete_policy(self, policy_id: str) -> None:
        del self.policies[policy_id], self.targets[policy_id]

    def unit_path(self, unit_id: str) -> str:
        """As in `OrganizationalUnit.Path`: `o-…/r-…/ou-…/`."""
        ids: list[str] = []
        at: str | None = unit_id
        while at is not None:
            ids.append(at)
            at = self.units[at].parent_id
        return "/".join([self.id, *reversed(ids)]) + "/"

    def snapshot(self, taken_at: datetime) -> OrganizationSnapshot:
        """What a crawl of it gives, without the crawl."""
        return build(
            taken_at=taken_at,
            organization=Organization(
                self.id, self.partition, self.management_account_id, self.feature_set
            ),
            scp_status=PolicyTypeStatus(self.scp_status or PolicyTypeStatus.DISABLED),
            units=[Unit(one.id, one.name, one.parent_id) for one in self.units.values()],
            accounts=[
                Account(one.id, one.name, one.email, AccountState(one.state), one.parent_id)
                for one in self.accounts.values()
            ],
            policies=[
                Policy(
                    one.id,
                    one.name,
                    "SERVICE_CONTROL_POLICY",
                    one.aws_managed,
                    one.content if self.targets[one.id] else None,
                )
                for one in self.policies.values()
            ],
            attachments=[
                Attachment(policy, target)
                for policy, targets in self.targets.items()
                for target in targets
            ],
        )


def invent(
    accounts: int, units: int, policies: int, *, targets_each: int = 2, seed: int = 1
) -> SimulatedOrganization:
    """An organization of this size, the same for the same seed.

    Units hang five levels deep at most, as AWS's quota allows; every policy denies
    something of its own on `targets_each` targets.
    """
    chance = random.Random(seed)
    made = SimulatedOrganization()
    made.add_policy(FULL_ACCESS_ID, "FullAWSAccess", FULL_ACCESS)
    made.add_unit("r-sim1", "Root", None)
    depth = {"r-sim1": 0}
    for number in range(units):
        parent = chance.choice([unit for unit, level in depth.items() if level < 5][:200])
        unit_id = f"ou-sim1-{number:08d}"
        made.add_unit(unit_id, f"Unit {number}", parent)
        depth[unit_id] = depth[parent] + 1
    homes = list(made.units)
    made.add_account(made.management_account_id, "management", "r-sim1")
    for number in range(1, accounts):
        state = chance.choice(STATES) if chance.random() < 0.02 else "ACTIVE"
        account_id = f"{100_000_000_000 + number}"
        made.add_account(account_id, f"account-{number}", chance.choice(homes), state)
    everything = [*made.units, *made.accounts]
    for number in range(policies):
        policy_id = f"p-sim{number:05d}"
        statement = {"Effect": "Deny", "Action": f"service{number}:*", "Resource": "*"}
        content = {"Version": "2012-10-17", "Statement": [statement]}
        made.add_policy(policy_id, f"Policy {number}", json.dumps(content))
        for target in chance.sample(everything, targets_each):
            made.attach(policy_id, target)
    return made
