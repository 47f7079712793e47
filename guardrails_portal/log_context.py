"""What each line of the log belongs to: the request, and the task that it started."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
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


def set_context(ids: Mapping[str, str]) -> None:
    """For whoever is told of a beginning and of an end, and has no `with` around both."""
    _current.set(ids)


def current_request() -> str:
    """The id of the request that is answered here; empty where there is none."""
    return _current.get().get("request_id", "")


class WithContext(logging.Filter):
    """Puts the ids on the record; the JSON formatter writes whatever a record has beyond usual."""

    def filter(self, record: logging.LogRecord) -> bool:
        for name, value in _current.get().items():
            setattr(record, name, value)
        return True
