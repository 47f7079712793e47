"""What a crawl has read so far, and what in it does not fit together."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain

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


@dataclass(slots=True)
class Reading:
    """Mutable: what is found to have moved is replaced. Every key is an id."""

    taken_at: datetime
    organization: Organization
    root: Unit
    scp_status: PolicyTypeStatus
    units: dict[str, Unit] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    contents: dict[str, str] = field(default_factory=dict)
    # Target → policies.
    attached: dict[str, set[str]] = field(default_factory=dict)
    # Accounts and units that were seen to move while they were read, each with a sentence.
    suspects: dict[str, str] = field(default_factory=dict)

    @property
    def scps(self) -> bool:
        """Whether SCPs are in force, and so read at all."""
        enabled = self.scp_status is PolicyTypeStatus.ENABLED
        return enabled and self.organization.feature_set == "ALL"

    def place(self, id: str) -> Unit | Account | None:
        return self.units.get(id) or self.accounts.get(id)

    def chain(self, id: str) -> list[str]:
        """`id` and the units above it, as far as they are known."""
        found: list[str] = []
        at: str | None = id
        while at is not None and at not in found:
            found.append(at)
            place = self.place(at)
            at = place.parent_id if place else None
        return found

    def highest_units(self, number: int) -> list[str]:
        """Those with the most accounts below them, the root first."""
        below = Counter(dict.fromkeys(self.units, 0))
        for account in self.accounts.values():
            below.update(self.chain(account.parent_id))
        return sorted(self.units, key=lambda id: (-below[id], len(self.chain(id)), id))[:number]

    def unlike(self, previous: OrganizationSnapshot) -> list[str]:
        """Accounts and units that are not as `previous` has them, or have other SCPs or texts."""
        texts = {policy.id: policy.content for policy in previous.policies}
        edited = {id for id, text in self.contents.items() if text != texts.get(id)}
        attached: dict[str, set[str]] = {}
        for one in previous.attachments:
            attached.setdefault(one.target_id, set()).add(one.policy_id)
        places: dict[str, Unit | Account] = {one.id: one for one in previous.units}
        places |= {one.id: one for one in previous.accounts}
        return [
            id
            for id in (*self.units, *self.accounts)
            if places.get(id) != self.place(id)
            or attached.get(id, set()) != self.attached.get(id, set())
            or not edited.isdisjoint(self.attached.get(id, set()))
        ]

    def replace(self, id: str, place: Unit | Account | None, policies: set[str]) -> None:
        """Put an account or unit where it is now; None where it is no more."""
        self.units.pop(id, None)
        self.accounts.pop(id, None)
        self.attached.pop(id, None)
        if isinstance(place, Unit):
            self.units[id] = place
        elif place is not None:
            self.accounts[id] = place
        if place is not None and policies:
            self.attached[id] = policies

    def forget_policy(self, policy_id: str) -> list[str]:
        """Drop a policy that is no more; the targets that it was read on."""
        self.policies.pop(policy_id, None)
        self.contents.pop(policy_id, None)
        targets = [id for id, policies in self.attached.items() if policy_id in policies]
        for id in targets:
            self.attached[id].discard(policy_id)
        return targets

    def doubts(self) -> dict[str, str]:
        """Accounts and units that the lists disagree on, each with a sentence."""
        return self.suspects | dict(self.astray()) | dict(self._ill_attached())

    def astray(self) -> Iterator[tuple[str, str]]:
        """What hangs from a unit that is not in the tree, and that unit."""
        every: chain[Unit | Account] = chain(self.units.values(), self.accounts.values())
        for one in every:
            if one.parent_id is not None and one.parent_id not in self.units:
                sentence = f"{one.id} is in {one.parent_id}, which is not in the tree"
                yield one.id, sentence
                yield one.parent_id, sentence

    def _ill_attached(self) -> Iterator[tuple[str, str]]:
        """AWS keeps at least one SCP on the root, each unit and each account.

        Whether closed, suspended and pending accounts stay targets is not documented: they
        need not. Source: AWS Organizations User Guide, "Quotas", minimum of one attached SCP.
        """
        if not self.scps:
            return
        active = (one.id for one in self.accounts.values() if one.state is AccountState.ACTIVE)
        for id in (*self.units, *active):
            if not self.attached.get(id):
                yield id, f"{id} is in the tree but no SCP is attached to it"
        for id, policies in self.attached.items():
            if self.place(id) is None:
                yield id, f"an SCP is attached to {id}, which is not in the tree"
            elif not policies <= self.contents.keys():
                yield id, f"an SCP on {id} could not be read"

    def snapshot(self) -> OrganizationSnapshot:
        """Raises `SnapshotError` where the parts do not fit together, which `doubts` foresees."""
        attachments = [
            Attachment(policy, target)
            for target, policies in self.attached.items()
            for policy in policies
        ]
        used = {one.policy_id for one in attachments}
        return build(
            taken_at=self.taken_at,
            organization=self.organization,
            scp_status=self.scp_status,
            units=list(self.units.values()),
            accounts=list(self.accounts.values()),
            policies=[
                replace(one, content=self.contents[one.id] if one.id in used else None)
                for one in self.policies.values()
            ],
            attachments=attachments,
        )
