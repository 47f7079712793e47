"""All rows of a list at once, as CSV or as NDJSON, in constant memory."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from rest_framework.renderers import BaseRenderer

from policies.csv_lines import csv_line

_CHUNK: Final = 2_000


class Named(BaseRenderer):
    """Stands for a media type that can be asked for; the view writes it."""

    charset = "utf-8"

    def render(self, data: Any, *_args: Any, **_kwargs: Any) -> bytes:
        if data is not None:
            raise NotImplementedError
        return b""


class CsvRenderer(Named):
    media_type = "text/csv"
    format = "csv"


class NdjsonRenderer(Named):
    media_type = "application/x-ndjson"
    format = "ndjson"


def each_row(rows: QuerySet[Any]) -> Iterator[Any]:
    """Through a cursor of the server, in a transaction: nothing is gathered on either side."""
    with transaction.atomic():
        yield from rows.iterator(chunk_size=_CHUNK)


def as_ndjson(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A line of JSON each, with these members."""
    for row in rows:
        yield json.dumps({name: row[name] for name in names}, ensure_ascii=False) + "\n"


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The columns' names, and a line each. What has several values has them one after another
    with blanks between; what has parts is JSON."""
    yield csv_line(columns)
    for row in rows:
        yield csv_line(_cell(row[name]) for name in columns)


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return " ".join(value)
    return json.dumps(value, ensure_ascii=False)
