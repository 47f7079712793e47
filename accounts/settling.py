"""Making sure that what was read is the organization as it was at one moment.

AWS gives no version to compare, and reading takes minutes. What moves meanwhile shows where
the lists disagree, or where they are not as the last crawl left them. That is read again with
the units above it, until two readings in a row are equal.
"""

from collections.abc import Iterable
from concurrent.futures import Executor
from typing import Final

from accounts.reader import Reader, Vanished
from accounts.reading import Reading
from accounts.snapshot import Account, OrganizationSnapshot, Policy, Unit

TRIES: Final = 3
# The part of a crawl's calls that goes into looking again where nothing seems to have moved.
_CLOSING_SHARE: Final = 0.02
# As many accounts and units that changed since the last crawl are looked at again: what a busy
# hour changes in the largest organization. More have changed between crawls, not during one.
_UNLIKE: Final = 100

_Found = tuple[str, Unit | Account | None, list[Policy]]


class CrawlError(Exception):
    """Why an organization could not be read as it was at one moment, in one sentence."""


def moved_too_often(problem: str) -> CrawlError:
    return CrawlError(
        f"The organization changed while it was read, {TRIES} times running ({problem}); "
        "crawl again when no accounts or SCPs are being moved."
    )


def settle(
    reader: Reader,
    reading: Reading,
    threads: Executor,
    previous: OrganizationSnapshot | None = None,
) -> None:
    """Read again what moved until nothing does; `CrawlError` after three tries in vain.

    `previous` is what the last crawl found.
    """
    if reading.scps:
        _look_at_the_highest(reader, reading, threads)
    look_at = set(reading.doubts())
    for id in reading.unlike(previous)[:_UNLIKE] if previous else ():
        look_at.update(reading.chain(id))
    for _ in range(TRIES):
        if not look_at:
            return
        look = _Look(reader, reading, threads)
        look.at(look_at)
        reading.suspects = {id: f"{id} moved while it was read" for id in look.moved}
        look_at = set(reading.doubts())
    if look_at:
        raise moved_too_often(min(reading.doubts().values()))


def _look_at_the_highest(reader: Reader, reading: Reading, threads: Executor) -> None:
    """Compare the SCPs of root and large units, which bear on the most accounts.

    One that is exchanged for another between the listings of both would seem to be gone.
    """
    calls = int(reader.calls.total() * _CLOSING_SHARE)
    for id, found in threads.map(
        lambda id: (id, _policies_on(reader, id)), reading.highest_units(calls)
    ):
        if found != reading.attached.get(id, set()):
            reading.suspects[id] = f"the SCPs on {id} were changed while they were read"


def _policies_on(reader: Reader, id: str) -> set[str]:
    try:
        return {policy.id for policy in reader.policies_on(id)}
    except Vanished:
        return set()


class _Look:
    """One more look at accounts and units, and at the texts of the SCPs on them.

    `moved` is what was found otherwise than before, with the units above it then and now.
    """

    def __init__(self, reader: Reader, reading: Reading, threads: Executor) -> None:
        self.moved: set[str] = set()
        self._reader = reader
        self._reading = reading
        self._threads = threads

    def at(self, ids: Iterable[str]) -> None:
        seen: set[str] = set()
        texts: set[str] = set()
        waiting = set(ids)
        while waiting:
            seen |= waiting
            for found in self._threads.map(self._find, sorted(waiting)):
                texts |= self._compare(found)
            # A unit that is new may hang from another that is.
            waiting = {id for id, _ in self._reading.astray()} - seen
        for id, text in self._threads.map(self._read_text, sorted(texts)):
            self._compare_text(id, text)

    def _find(self, id: str) -> _Found:
        reading = self._reading
        try:
            place: Unit | Account
            if id == reading.root.id:
                place = reading.root
            else:
                place = self._reader.account(id) if id.isdecimal() else self._reader.unit(id)
            return id, place, list(self._reader.policies_on(id)) if reading.scps else []
        except Vanished:
            return id, None, []

    def _compare(self, found: _Found) -> set[str]:
        """Take over what was found; the SCPs whose texts are to be read again."""
        id, place, policies = found
        reading = self._reading
        before = reading.chain(id), reading.place(id), reading.attached.get(id, set())
        attached = {policy.id for policy in policies}
        reading.policies |= {policy.id: policy for policy in policies}
        reading.replace(id, place, attached)
        if before[1:] != (place, attached):
            self.moved.update(before[0], reading.chain(id))
        return {
            policy.id
            for policy in policies
            if not policy.aws_managed or policy.id not in reading.contents
        }

    def _read_text(self, policy_id: str) -> tuple[str, str | None]:
        try:
            return policy_id, self._reader.policy(policy_id)[1]
        except Vanished:
            return policy_id, None

    def _compare_text(self, policy_id: str, text: str | None) -> None:
        reading = self._reading
        before = reading.contents.get(policy_id)
        if text is None:
            self.moved.update(reading.forget_policy(policy_id))
        else:
            reading.contents[policy_id] = text
        if before is not None and before != text:
            on = (id for id, policies in reading.attached.items() if policy_id in policies)
            self.moved.update(on)
