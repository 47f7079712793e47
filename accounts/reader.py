"""What a crawl asks of AWS, without boto3: the protocol and the rows it answers with."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from accounts.snapshot import Account, Organization, Policy, PolicyTypeStatus, Unit


class Vanished(Exception):
    """Something that was listed a moment ago is gone: the organization moved meanwhile."""


class Stopped(Exception):
    """The reader was told to stop before the end of a list."""


@dataclass(frozen=True, slots=True)
class ListedAccount:
    """An account in no place yet; `path` is `o-…/r-…/ou-…/<account id>/` where AWS gives it."""

    account: Account
    path: str | None
    joined_at: datetime | None = None

    def below(self, parent_id: str) -> Account:
        return replace(self.account, parent_id=parent_id)


@dataclass(frozen=True, slots=True)
class Target:
    """What a policy is attached to; `type` is ROOT, ORGANIZATIONAL_UNIT or ACCOUNT."""

    id: str
    name: str
    type: str


class Reader(Protocol):
    """Reads of one organization; every list is complete. Methods may raise `Vanished`.

    Policies come without their texts.

    After `stop`, from any thread, lists under way end with `Stopped` at their next page.
    """

    @property
    def calls(self) -> Counter[str]: ...
    @property
    def throttled(self) -> Counter[str]: ...
    def stop(self) -> None: ...
    def organization(self) -> Organization: ...
    def root(self) -> tuple[Unit, PolicyTypeStatus]: ...
    def accounts(self) -> Iterable[ListedAccount]: ...
    def accounts_in(self, parent_id: str) -> Iterable[ListedAccount]: ...
    def units_in(self, parent_id: str) -> Sequence[Unit]: ...
    def unit_path(self, unit_id: str) -> str | None: ...
    def account(self, account_id: str) -> Account: ...
    def unit(self, unit_id: str) -> Unit: ...
    def policies(self) -> Sequence[Policy]: ...
    def targets(self, policy_id: str) -> Sequence[Target]: ...
    def policies_on(self, target_id: str) -> Sequence[Policy]: ...
    def policy(self, policy_id: str) -> tuple[Policy, str]: ...
