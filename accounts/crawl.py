"""Reading one organization, complete and consistent, in few calls.

With `Account.Paths` the chain of units comes with each account, and the targets of the
SCPs name every unit, since AWS keeps at least one SCP on each: no walk is needed.
Endpoints that give no paths are walked. Source: AWS Organizations API Reference,
ListAccounts, ListTargetsForPolicy.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Any, Final

from accounts.log_context import carried
from accounts.placing import place_by_paths, place_by_walking
from accounts.reader import ListedAccount, Reader, Stopped, Target, Vanished
from accounts.reading import Reading
from accounts.settling import TRIES, CrawlError, moved_too_often, settle
from accounts.snapshot import Organization, OrganizationSnapshot, Policy

__all__ = ["CrawlError", "Progress", "read_organization"]

# Threads for each family of calls, which AWS counts apart: enough to keep its rate up over
# a slow line. A family of its own pool can't be starved by another that waits its turn.
THREADS: Final = 4
_PAGE: Final = 20

# From which organization it is to what the last crawl found of it.
OnOrganization = Callable[[Organization], OrganizationSnapshot | None]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a crawl is; the numbers count from its start.

    `expected_calls` is about how many there will be, 0 until the lists are known.
    """

    phase: str
    accounts: int
    calls: int
    expected_calls: int = 0


def read_organization(
    reader: Reader,
    on_progress: Callable[[Progress], None] = lambda _: None,
    on_organization: OnOrganization = lambda _: None,
) -> OrganizationSnapshot:
    """The organization as it was at one moment.

    `on_organization` is told which it is before all the rest is read, and returns what the
    last crawl found; it may refuse by raising. SCPs attached nowhere are listed without their
    text, which decides nothing and costs a call each. Raises what the reader raises, and
    `CrawlError` where the organization moved while it was read, three times running.
    """
    return _Crawl(reader, on_progress).read(on_organization)


class _Crawl:
    def __init__(self, reader: Reader, on_progress: Callable[[Progress], None]) -> None:
        self._reader = reader
        self._on_progress = on_progress
        self._accounts = 0
        self._policies = 0
        self._all_listed = False
        self._failure: BaseException | None = None

    def read(self, on_organization: OnOrganization) -> OrganizationSnapshot:
        self._report("organization")
        taken_at = datetime.now(UTC)
        organization = self._reader.organization()
        previous = on_organization(organization)
        root, scp_status = self._reader.root()
        reading = Reading(taken_at, organization, root, scp_status)
        with self._threads(1) as accounts:
            listing = accounts.submit(self._listed)
            listing.add_done_callback(self._stop_if_failed)
            try:
                names = self._read_policies(reading) if reading.scps else {}
            except Stopped as stopped:
                raise self._failure or stopped from None
            listed = listing.result()
        self._report("tree")
        with self._threads(THREADS) as threads:
            paths = listed is not None and place_by_paths(
                self._reader, reading, listed, names, threads
            )
            if not paths:
                place_by_walking(self._reader, reading, threads)
            self._accounts = len(reading.accounts)
            self._report("consistency")
            settle(self._reader, reading, threads, previous)
        self._report("consistency")
        return reading.snapshot()

    def _listed(self) -> list[ListedAccount] | None:
        """All accounts, or None from an endpoint that gives no paths: the walk will list them."""
        listed: list[ListedAccount] = []
        for account in self._reader.accounts():
            if account.path is None:
                return None
            listed.append(account)
            self._accounts = len(listed)
            self._report("accounts")
        self._all_listed = True
        return listed

    def _read_policies(self, reading: Reading) -> dict[str, str]:
        """Every SCP and where it is attached; the names of the units among the targets.

        Where one is deleted before its targets are read, nobody knows what took its place:
        all are read again.
        """
        problem = ""
        for _ in range(TRIES):
            try:
                with self._threads(THREADS) as listing, self._threads(THREADS) as describing:
                    return self._policies_of(reading, listing, describing)
            except Vanished as moved:
                problem = str(moved)
        raise moved_too_often(problem)

    def _policies_of(
        self, reading: Reading, listing: ThreadPoolExecutor, describing: ThreadPoolExecutor
    ) -> dict[str, str]:
        # AWS's own policy hangs on nearly everything: its long chain of pages starts first.
        summaries = sorted(self._reader.policies(), key=lambda one: (not one.aws_managed, one.id))
        self._policies = len(summaries)
        reading.policies = {one.id: one for one in summaries}
        reading.contents, reading.attached = {}, {}
        found = {listing.submit(self._reader.targets, one.id): one.id for one in summaries}
        texts: dict[str, Future[tuple[Policy, str]]] = {}
        names: dict[str, str] = {}
        for future in as_completed(found):
            self._report("policies")
            for target in future.result():
                reading.attached.setdefault(target.id, set()).add(found[future])
                _name(reading, names, target)
            if future.result():
                text = describing.submit(self._reader.policy, found[future])
                text.add_done_callback(self._stop_if_failed)
                texts[found[future]] = text
        for id, text in texts.items():
            self._report("policies")
            try:
                reading.policies[id], reading.contents[id] = text.result()
            except Vanished:
                gone = f"{id} was deleted while it was read"
                reading.suspects |= dict.fromkeys(reading.forget_policy(id), gone)
        return names

    @contextmanager
    def _threads(self, number: int) -> Iterator[ThreadPoolExecutor]:
        """A pool that does not finish what is in vain: fifty thousand accounts take minutes."""
        pool = ThreadPoolExecutor(number, initializer=carried())
        try:
            yield pool
        except Vanished:
            raise
        except BaseException:
            self._reader.stop()
            raise
        finally:
            pool.shutdown(cancel_futures=True)

    def _stop_if_failed(self, future: Future[Any]) -> None:
        """Have the other families of calls end too, rather than in vain."""
        failure = None if future.cancelled() else future.exception()
        if failure and not isinstance(failure, Vanished | Stopped):
            self._failure = self._failure or failure
            self._reader.stop()

    def _report(self, phase: str) -> None:
        expected = 0
        if self._all_listed and self._policies:
            # One page of targets and one text for each SCP; FullAWSAccess hangs on all.
            pages = 2 * ceil(self._accounts / _PAGE) + ceil(self._policies / _PAGE)
            expected = 2 + pages + 2 * self._policies
        calls = self._reader.calls.total()
        self._on_progress(Progress(phase, self._accounts, calls, expected))


def _name(reading: Reading, names: dict[str, str], target: Target) -> None:
    if target.type != "ORGANIZATIONAL_UNIT":
        return
    if names.setdefault(target.id, target.name) != target.name:
        reading.suspects[target.id] = f"{target.id} was renamed while it was read"
