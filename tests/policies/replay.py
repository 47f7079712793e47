"""An invented organization that lives: every day somebody does something to it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

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
from policies.analysis.guardrail import Parameters
from tests.factories import FULL_ACCESS, KEEP_S3_PRIVATE, MANAGEMENT, NO_LOGIN_PROFILES, ROOT, deny

# Whole guardrails, parts of them, and what bears on none.
TEXTS = (
    NO_LOGIN_PROFILES,
    KEEP_S3_PRIVATE,
    deny("iam:CreateLoginProfile"),
    deny("iam:CreateLoginProfile", "iam:UpdateLoginProfile"),
    deny("organizations:*"),
    deny("organizations:LeaveOrganization"),
    deny("cloudtrail:StopLogging"),
    deny("ec2:RunInstances"),
)
SCP = "SERVICE_CONTROL_POLICY"
BEGINNING = datetime.fromisoformat("2026-01-01T06:00:00+00:00")


@dataclass
class Replay:
    """Its snapshot at each time that it is asked; the same seed lives the same life."""

    seed: int
    accounts: int
    units: int = 8
    scps: int = 6
    parameters: Parameters = field(default_factory=Parameters)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)
        self._made = 0
        self._units = {ROOT: Unit(ROOT, "Root", None)}
        for number in range(self.units):
            parent = self._dice.choice([one for one in self._units if self._depth(one) < 4])
            self._add_unit(f"Unit {number}", parent)
        self._accounts = {
            MANAGEMENT: Account(MANAGEMENT, "management", "m@x.org", AccountState.ACTIVE, ROOT)
        }
        self._policies = {FULL_ACCESS.id: FULL_ACCESS}
        self._attached = {Attachment(FULL_ACCESS.id, one) for one in (*self._units, MANAGEMENT)}
        self._scp_status = PolicyTypeStatus.ENABLED
        for _ in range(self.accounts):
            self.account_joins()
        for _ in range(self.scps):
            self.scp_is_made()

    def days(self, number: int, acts: int = 1) -> Iterator[tuple[str, OrganizationSnapshot]]:
        """What was done on each day, and the organization at its end."""
        for day in range(number):
            done = [self.act() for _ in range(acts)] if day else []
            yield " and ".join(done), self.snapshot(BEGINNING + timedelta(days=day))

    def act(self) -> str:
        acts = {
            self.account_moves: 6,
            self.account_joins: 2,
            self.account_leaves: 1,
            self.account_closes: 2,
            self.unit_moves: 2,
            self.unit_is_made: 1,
            self.unit_is_deleted: 1,
            self.unit_is_renamed: 1,
            self.scp_is_attached: 4,
            self.scp_is_detached: 4,
            self.scp_is_edited: 3,
            self.scps_are_switched: 1,
            self.parameters_change: 1,
            self.nothing_happens: 2,
        }
        (act,) = self._dice.choices(list(acts), list(acts.values()))
        act()
        return act.__name__

    def snapshot(self, taken_at: datetime) -> OrganizationSnapshot:
        used = {one.policy_id for one in self._attached}
        return build(
            taken_at=taken_at,
            organization=Organization("o-replayed001", "aws", MANAGEMENT, "ALL"),
            scp_status=self._scp_status,
            units=list(self._units.values()),
            accounts=list(self._accounts.values()),
            policies=[
                one if one.id in used else replace(one, content=None)
                for one in self._policies.values()
            ],
            attachments=list(self._attached),
        )

    def account_moves(self) -> None:
        account = self._member()
        self._accounts[account] = replace(
            self._accounts[account], parent_id=self._dice.choice(list(self._units))
        )

    def account_joins(self) -> None:
        id = f"{100_000_000_000 + self._next()}"
        self._accounts[id] = Account(
            id,
            f"account-{id[-4:]}",
            f"aws+{id[-5:]}@example.com",
            AccountState.ACTIVE,
            self._dice.choice(list(self._units)),
        )
        self._attached.add(Attachment(FULL_ACCESS.id, id))

    def account_leaves(self) -> None:
        account = self._member()
        del self._accounts[account]
        self._attached = {one for one in self._attached if one.target_id != account}

    def account_closes(self) -> None:
        account = self._member()
        states = [one for one in AccountState if one is not self._accounts[account].state]
        self._accounts[account] = replace(self._accounts[account], state=self._dice.choice(states))

    def unit_moves(self) -> None:
        unit = self._unit()
        places = [
            one for one in self._units if unit not in self._path(one) and self._depth(one) < 3
        ]
        self._units[unit] = replace(self._units[unit], parent_id=self._dice.choice(places))

    def unit_is_made(self) -> None:
        parents = [one for one in self._units if self._depth(one) < 4]
        self._add_unit(f"Unit {self._next()}", self._dice.choice(parents))

    def unit_is_deleted(self) -> None:
        held = {account.parent_id for account in self._accounts.values()}
        held |= {unit.parent_id for unit in self._units.values() if unit.parent_id}
        empty = [one for one in self._units if one not in held and one != ROOT]
        if empty:
            unit = self._dice.choice(empty)
            del self._units[unit]
            self._attached = {one for one in self._attached if one.target_id != unit}

    def unit_is_renamed(self) -> None:
        unit = self._unit()
        self._units[unit] = replace(self._units[unit], name=f"Renamed {self._next()}")

    def scp_is_made(self) -> None:
        id = f"p-scp{self._next():05d}"
        text = self._dice.choice(TEXTS)
        self._policies[id] = Policy(id, f"SCP {id[-2:]}", SCP, False, text)
        for _ in range(self._dice.randint(1, 3)):
            self._attached.add(Attachment(id, self._target()))

    def scp_is_attached(self) -> None:
        self._attached.add(Attachment(self._own_scp(), self._target()))

    def scp_is_detached(self) -> None:
        own = [one for one in self._attached if one.policy_id != FULL_ACCESS.id]
        # Now and then what lets everything through, and then nothing is let through.
        choice = own if self._dice.random() < 0.9 else list(self._attached)
        if choice:
            key = lambda one: (one.policy_id, one.target_id)  # noqa: E731
            self._attached.discard(self._dice.choice(sorted(choice, key=key)))

    def scp_is_edited(self) -> None:
        id = self._own_scp()
        texts = [text for text in TEXTS if text != self._policies[id].content]
        self._policies[id] = replace(self._policies[id], content=self._dice.choice(texts))

    def scps_are_switched(self) -> None:
        enabled = self._scp_status is PolicyTypeStatus.ENABLED
        self._scp_status = PolicyTypeStatus.DISABLED if enabled else PolicyTypeStatus.ENABLED

    def parameters_change(self) -> None:
        scope = "leave" if self.parameters.organizations_scope == "all" else "all"
        self.parameters = replace(self.parameters, organizations_scope=scope)

    def nothing_happens(self) -> None:
        """An unchanged organization."""

    def _next(self) -> int:
        self._made += 1
        return self._made

    def _add_unit(self, name: str, parent: str) -> None:
        id = f"ou-ab12-{self._next():08d}"
        self._units[id] = Unit(id, name, parent)
        if hasattr(self, "_attached"):
            self._attached.add(Attachment(FULL_ACCESS.id, id))

    def _member(self) -> str:
        return self._dice.choice([one for one in self._accounts if one != MANAGEMENT])

    def _unit(self) -> str:
        return self._dice.choice([one for one in self._units if one != ROOT])

    def _own_scp(self) -> str:
        return self._dice.choice([one for one in self._policies if one != FULL_ACCESS.id])

    def _target(self) -> str:
        return self._dice.choice([*self._units, *self._units, self._member()])

    def _path(self, unit: str) -> list[str]:
        parent = self._units[unit].parent_id
        return [unit] if parent is None else [*self._path(parent), unit]

    def _depth(self, unit: str) -> int:
        return len(self._path(unit))
