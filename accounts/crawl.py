"""Reading one organization, complete and consistent, in few calls.

With `Account.Paths` the chain of units comes with each account, and the targets of the
SCPs name every unit, since AWS keeps at least one SCP on each: no walk is needed.
Endpoints that give no paths are walked. Source: AWS Organizations API Reference,
ListAccounts, ListTargetsForPolicy.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from accounts.placing import by_paths, by_walking, unseen
from accounts.reader import ListedAccount, PolicySummary, Reader, Target, Vanished
from accounts.snapshot import (
    Account,
    Attachment,
    OrganizationSnapshot,
    Policy,
    PolicyTypeStatus,
    Unit,
)
from accounts.snapshot_codec import SnapshotError, build

TRIES: Final = 3
# Threads for each family of calls, which AWS counts apart: enough to keep its rate up over
# a slow line. A family of its own pool can't be starved by another that waits its turn.
THREADS: Final = 4


class CrawlError(Exception):
    """Why an organization could not be read as it was at one moment, in one sentence."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a crawl is; `accounts` and `calls` count from its start."""

    phase: str
    accounts: int
    calls: int


def read_organization(
    reader: Reader, on_progress: Callable[[Progress], None] = lambda _: None
) -> OrganizationSnapshot:
    """The organization as it was at one moment.

    SCPs attached nowhere are listed without their text, which decides nothing and costs a
    call each. Raises what the reader raises, and `CrawlError` where the organization moved
    while it was read, three times running.
    """
    problem = ""
    for _ in range(TRIES):
        try:
            return _Crawl(reader, on_progress).read()
        except (Vanished, SnapshotError) as moved:
            problem = str(moved)
    raise CrawlError(
        f"The organization changed while it was read, {TRIES} times running ({problem}); "
        "crawl again when no accounts or SCPs are being moved."
    )


class _Crawl:
    def __init__(self, reader: Reader, on_progress: Callable[[Progress], None]) -> None:
        self._reader = reader
        self._on_progress = on_progress
        self._accounts = 0

    def read(self) -> OrganizationSnapshot:
        self._report("organization")
        taken_at = datetime.now(UTC)
        organization = self._reader.organization()
        root, scp_status = self._reader.root()
        scps = organization.feature_set == "ALL" and scp_status is PolicyTypeStatus.ENABLED
        with ExitStack() as stack:
            listing = stack.enter_context(ThreadPoolExecutor(1)).submit(self._listed)
            policies, attachments, targets = self._policies(stack) if scps else ([], [], {})
            listed = listing.result()
        self._report("tree")
        units, accounts = self._placed(root, listed, targets)
        torn = unseen(units, accounts, targets) if scps else None
        if torn:
            raise Vanished(torn)
        return build(
            taken_at=taken_at,
            organization=organization,
            scp_status=scp_status,
            units=units,
            accounts=accounts,
            policies=policies,
            attachments=attachments,
        )

    def _listed(self) -> list[ListedAccount] | None:
        """All accounts, or None from an endpoint that gives no paths: the walk will list them."""
        listed: list[ListedAccount] = []
        for account in self._reader.accounts():
            if account.path is None:
                return None
            listed.append(account)
            self._accounts = len(listed)
            self._report("accounts")
        return listed

    def _policies(
        self, stack: ExitStack
    ) -> tuple[list[Policy], list[Attachment], dict[str, Target]]:
        """Every SCP, where it is attached, and every target of any by id."""
        # AWS's own policy hangs on nearly everything: its long chain of pages starts first.
        summaries = sorted(self._reader.policies(), key=lambda one: (not one.aws_managed, one.id))
        listing = stack.enter_context(ThreadPoolExecutor(THREADS))
        describing = stack.enter_context(ThreadPoolExecutor(THREADS))
        found = {listing.submit(self._reader.targets, one.id): one for one in summaries}
        contents: dict[str, Future[str]] = {}
        attachments: list[Attachment] = []
        targets: dict[str, Target] = {}
        for future in as_completed(found):
            policy = found[future]
            self._report("policies")
            for target in future.result():
                targets[target.id] = target
                attachments.append(Attachment(policy.id, target.id))
            if future.result():
                contents[policy.id] = describing.submit(self._reader.policy_content, policy.id)
        return [self._with_content(one, contents) for one in summaries], attachments, targets

    def _with_content(self, one: PolicySummary, contents: dict[str, Future[str]]) -> Policy:
        self._report("policies")
        content = contents[one.id].result() if one.id in contents else None
        return Policy(one.id, one.name, one.type, one.aws_managed, content)

    def _placed(
        self, root: Unit, listed: list[ListedAccount] | None, targets: dict[str, Target]
    ) -> tuple[list[Unit], list[Account]]:
        placed = None if listed is None else by_paths(self._reader, root, listed, targets.values())
        if placed:
            return placed
        with ThreadPoolExecutor(THREADS) as threads:
            return by_walking(self._reader, root, threads)

    def _report(self, phase: str) -> None:
        self._on_progress(Progress(phase, self._accounts, self._reader.calls.total()))
