"""What a report says: one value, of which every format is made, and its JSON.

It names everything as it was when the report was made, so a report from the history says the
same for ever, whatever became of accounts, units and policies since.
"""

import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from policies.analysis.verdict import Status
from policies.events import Named
from policies.selectors.headings import Heading
from policies.selectors.placeholders import ANY_ACCOUNT, for_account
from policies.selectors.trends import Point

FORMAT: Final = "guardrails-portal/posture-report"
VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Counts:
    """Active member accounts by status, in the order of `COUNTED`."""

    enforced: int = 0
    partial: int = 0
    missing: int = 0
    indeterminate: int = 0

    @property
    def counted(self) -> int:
        return self.enforced + self.lacking

    @property
    def lacking(self) -> int:
        return self.partial + self.missing + self.indeterminate

    @property
    def percent(self) -> int:
        """Enforced, rounded down, so that 100 means every account; 0 without accounts."""
        return 100 * self.enforced // self.counted if self.counted else 0


@dataclass(frozen=True, slots=True)
class Measure:
    """Coverage of one guardrail; `before` is that of the period's start, None for no such."""

    guardrail: Heading
    now: Counts
    before: Counts | None
    # One a day, oldest first, of the last 90 days or as many as are known.
    trend: tuple[Point, ...] = ()

    @property
    def change(self) -> int | None:
        """Percentage points over the period."""
        return None if self.before is None else self.now.percent - self.before.percent


@dataclass(frozen=True, slots=True)
class Move:
    """Accounts that one cause took a guardrail from, or gave it to.

    `direction` is "regression", "improvement" or "other".
    """

    cause: str
    direction: str
    guardrail: Heading
    accounts: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Exposed:
    """An account that lacks a guardrail; `since` is None where that is not known.

    `at_least` says that it may be so for longer: the history begins there.
    """

    id: str
    name: str
    since: datetime | None
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """Accounts of one OU that lack one guardrail for one reason, longest exposed first."""

    guardrail: Heading
    unit: str
    status: Status
    # With a mark for an account's id.
    reason: str
    accounts: tuple[Exposed, ...]

    @property
    def sentence(self) -> str:
        """The reason, of the one account or of any of them."""
        one = self.accounts[0].id if len(self.accounts) == 1 else ANY_ACCOUNT
        return for_account(self.reason, one)

    @property
    def longest(self) -> Exposed:
        return self.accounts[0]


@dataclass(frozen=True, slots=True)
class Judgement:
    """`reason` has a mark for an account's id."""

    guardrail: str
    status: Status
    reason: str
    open_actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccountLine:
    """`posture` is an index into the report's `postures`; only the `counted` make coverage."""

    id: str
    name: str
    email: str
    state: str
    unit: str
    counted: bool
    posture: int


@dataclass(frozen=True, slots=True)
class Judged:
    """How it was judged: with these, and the snapshot, anybody can judge again."""

    engine_version: str
    catalogue_digest: str
    snapshot_digest: str
    # SHA-256 of the text of each SCP that was read, by the policy's id.
    policy_digests: Mapping[str, str]
    # As `assess --parameters` reads them.
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PostureReport:
    """`unit` is the path of the OU that it is limited to, empty for the whole organization.

    `starts_at` is the time of the posture that it compares with, None where there is none;
    `taken_at` that of the posture that it shows. Times are UTC; pages and papers show them in
    `time_zone`.
    """

    title: str
    organization_id: str
    management_account_id: str
    unit_id: str
    unit: str
    time_zone: str
    made_at: datetime
    starts_at: datetime | None
    taken_at: datetime
    # Where the portal shows the same, empty where it does not know its own address.
    address: str
    measures: tuple[Measure, ...]
    moves: tuple[Move, ...]
    gaps: tuple[Gap, ...]
    judged: Judged
    accounts: tuple[AccountLine, ...]
    postures: tuple[tuple[Judgement, ...], ...]
    # The snapshot file that was judged.
    snapshot: Mapping[str, Any]
    # Why nothing counts as enforced, where SCPs have no effect in the organization.
    warning: str = ""
    format: str = FORMAT
    version: int = VERSION

    @property
    def counted(self) -> int:
        return sum(account.counted for account in self.accounts)

    @property
    def complete(self) -> int:
        """Counted accounts that have every guardrail of the report."""
        whole = [
            all(not judgement.status.lacking for judgement in posture) for posture in self.postures
        ]
        return sum(account.counted and whole[account.posture] for account in self.accounts)

    @property
    def lost(self) -> tuple[Move, ...]:
        return tuple(move for move in self.moves if move.direction == "regression")

    @property
    def won(self) -> tuple[Move, ...]:
        return tuple(move for move in self.moves if move.direction == "improvement")

    @property
    def other(self) -> tuple[Move, ...]:
        return tuple(move for move in self.moves if move.direction == "other")

    def gaps_of(self, guardrail: str) -> tuple[Gap, ...]:
        return tuple(gap for gap in self.gaps if gap.guardrail.id == guardrail)

    def rows(self) -> Iterator[tuple[AccountLine, Judgement, datetime | None]]:
        """Every account × guardrail, and since when it is lacking if it is and that is known."""
        since = {
            (account.id, gap.guardrail.id): account.since
            for gap in self.gaps
            for account in gap.accounts
        }
        for account in self.accounts:
            for judgement in self.postures[account.posture]:
                yield account, judgement, since.get((account.id, judgement.guardrail))


def to_json(report: PostureReport) -> bytes:
    return msgspec.json.encode(report)


def pack(report: PostureReport) -> bytes:
    """For the database; the same report gives the same bytes."""
    return gzip.compress(to_json(report), compresslevel=6, mtime=0)


def unpack(packed: bytes) -> PostureReport:
    return msgspec.json.decode(gzip.decompress(packed), type=PostureReport)
