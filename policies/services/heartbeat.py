"""A crawl under way says, every few seconds, that it goes on and how far it is."""

import logging
import threading
from typing import Final, Self

from django.db import DatabaseError, connection
from django.utils import timezone

from accounts.crawl import Progress
from accounts.log_context import carried
from accounts.models import Crawl
from accounts.reader import Reader

logger = logging.getLogger(__name__)

_SECONDS: Final = 2.0
_FIELDS: Final = (
    "heartbeat_at",
    "phase",
    "accounts_read",
    "calls",
    "throttled",
    "expected_calls",
)


class Heartbeat:
    """Writes `progress` to the crawl's row from a thread of its own while the context lasts.

    Of the thread, since judging calls back as seldom as AWS when it is slow. Nothing else on
    the row is touched, and a database that is away for a moment stops neither.
    """

    def __init__(self, crawl: Crawl, reader: Reader, expected_calls: int) -> None:
        self._crawl = crawl
        self._reader = reader
        self._expected_calls = expected_calls
        self._progress = Progress("organization", 0, 0)
        self._ended = threading.Event()
        self._carry_log_context = carried()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat-{crawl.pk}")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self.note()

    def tell(self, progress: Progress) -> None:
        self._progress = progress

    def _beat(self) -> None:
        self._carry_log_context()
        try:
            while not self._ended.wait(_SECONDS):
                self.note()
                self._save()
        finally:
            connection.close()

    def note(self) -> None:
        """Bring the crawl up to date in memory, for whoever saves it next."""
        crawl, progress = self._crawl, self._progress
        crawl.heartbeat_at = timezone.now()
        crawl.phase = progress.phase
        crawl.accounts_read = progress.accounts
        crawl.calls = dict(self._reader.calls)
        crawl.throttled = dict(self._reader.throttled)
        crawl.expected_calls = self._expected_calls or progress.expected_calls

    def _save(self) -> None:
        try:
            values = {field: getattr(self._crawl, field) for field in _FIELDS}
            Crawl.objects.filter(pk=self._crawl.pk).update(**values)
        except DatabaseError as error:
            logger.warning("The heartbeat of %s is not stored: %s", self._crawl, error)
            connection.close()
