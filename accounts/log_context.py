"""What each line of the log belongs to: the request, the task that it started, and the crawl.

It stands in the lowest app, so that every app can say what it is at.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_NOTHING: Final[Mapping[str, str]] = {}
_current: ContextVar[Mapping[str, str]] = ContextVar("log_context", default=_NOTHING)


@contextmanager
def logged_with(**ids: str) -> Iterator[None]:
    """Within it every line of this thread carries the ids as well."""
    before = _current.set({**_current.get(), **ids})
    try:
        yield
    finally:
        _current.reset(before)


def log_from_here_with(**ids: str) -> None:
    """Until the task ends, whoever in it writes: also what tells how this went."""
    _current.set({**_current.get(), **ids})


def set_context(ids: Mapping[str, str]) -> None:
    """For whoever is told of a beginning and of an end, and has no `with` around both."""
    _current.set(ids)


def carried() -> Callable[[], None]:
    """What a thread calls that is started here: what it logs then belongs to the same."""
    here = _current.get()
    return lambda: set_context(here)


def current_request() -> str:
    """The id of the request that is answered here; empty where there is none."""
    return _current.get().get("request_id", "")


class WithContext(logging.Filter):
    """Puts the ids on the record; the JSON formatter writes whatever a record has beyond usual."""

    def filter(self, record: logging.LogRecord) -> bool:
        for name, value in _current.get().items():
            setattr(record, name, value)
        return True
