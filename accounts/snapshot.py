"""What AWS says about one organization at one moment, and its file format.

The snapshot is the only thing that passes between the crawl and everything that
judges: it comes from AWS or from a file, and nobody downstream can tell which.
`docs/snapshot.schema.json` describes the file.
"""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime


class PolicyTypeStatus(enum.StrEnum):
    """`PolicyTypeSummary.Status` of ListRoots, and DISABLED where ListRoots is silent."""

    ENABLED = "ENABLED"
    PENDING_ENABLE = "PENDING_ENABLE"
    PENDING_DISABLE = "PENDING_DISABLE"
    DISABLED = "DISABLED"


class AccountState(enum.StrEnum):
    """`Account.State` of the Organizations API."""

    PENDING_ACTIVATION = "PENDING_ACTIVATION"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    PENDING_CLOSURE = "PENDING_CLOSURE"
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class Organization:
    """`id` is `o-…`; `feature_set` is ALL or CONSOLIDATED_BILLING."""

    id: str
    partition: str
    management_account_id: str
    feature_set: str


@dataclass(frozen=True, slots=True)
class Unit:
    """The root (`r-…`, no parent) or an organizational unit (`ou-…`)."""

    id: str
    name: str
    parent_id: str | None


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    name: str
    email: str
    state: AccountState
    parent_id: str


@dataclass(frozen=True, slots=True)
class Policy:
    """A service control policy; `content` is the text exactly as AWS stores it.

    None for one that is attached nowhere and was therefore not read.
    """

    id: str
    name: str
    type: str
    aws_managed: bool
    content: str | None


@dataclass(frozen=True, slots=True)
class Attachment:
    """`target_id` is the id of the root, of an OU or of an account."""

    policy_id: str
    target_id: str


@dataclass(frozen=True, slots=True)
class OrganizationSnapshot:
    """One organization, complete and consistent.

    # INVARIANT: `units` holds exactly one root; every `parent_id` and every
    # attachment names something in the snapshot; each tuple is sorted by id
    # (attachments by target, then policy), so equal organizations are equal values.
    """

    taken_at: datetime
    organization: Organization
    scp_status: PolicyTypeStatus
    units: tuple[Unit, ...]
    accounts: tuple[Account, ...]
    policies: tuple[Policy, ...]
    attachments: tuple[Attachment, ...]

    @property
    def scps_in_force(self) -> bool:
        """Whether SCPs have any effect here.

        Source: AWS Organizations User Guide, "Service control policies": all features
        must be enabled, and the policy type must be enabled in the root.
        """
        return (
            self.organization.feature_set == "ALL" and self.scp_status is PolicyTypeStatus.ENABLED
        )

    @property
    def counted_account_ids(self) -> frozenset[str]:
        """Active member accounts: those that coverage is a share of."""
        management = self.organization.management_account_id
        return frozenset(
            account.id
            for account in self.accounts
            if account.state is AccountState.ACTIVE and account.id != management
        )

    def units_top_down(self) -> Iterator[Unit]:
        """Every unit after its parent, siblings by id."""
        children: dict[str | None, list[Unit]] = {}
        for unit in self.units:
            children.setdefault(unit.parent_id, []).append(unit)
        waiting = list(reversed(children.get(None, [])))
        while waiting:
            unit = waiting.pop()
            yield unit
            waiting.extend(reversed(children.get(unit.id, [])))
