"""The files that an e-mail carries, and that the pages let people download."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.text import slugify

from policies.reports.content import PostureReport, to_json
from policies.reports.formats.csv import as_csv
from policies.reports.formats.email import as_html, as_text
from policies.reports.formats.paper import as_pdf

# Larger ones are packed, and left out where that does not help: many servers refuse more.
_PACKED_FROM: Final = 1_000_000
LARGEST: Final = 7_000_000


@dataclass(frozen=True, slots=True)
class File:
    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class _Format:
    media_type: str
    render: Callable[[PostureReport], bytes]


FORMATS: Final = {
    "html": _Format("text/html", lambda report: as_html(report).encode()),
    "txt": _Format("text/plain", lambda report: as_text(report).encode()),
    "pdf": _Format("application/pdf", as_pdf),
    # With a byte order mark: without one, Excel takes UTF-8 for something older.
    "csv": _Format("text/csv", lambda report: "".join(as_csv(report)).encode("utf-8-sig")),
    "json": _Format("application/json", to_json),
}


def file(report: PostureReport, format: str) -> File:
    """`format` is one of `FORMATS`; the name says of what and of when."""
    known = FORMATS[format]
    name = f"{slugify(report.title) or 'report'}-{report.taken_at:%Y-%m-%d}.{format}"
    return File(name, known.render(report), known.media_type)


def attachments(report: PostureReport, formats: Sequence[str]) -> tuple[list[File], list[str]]:
    """The files that fit into an e-mail, and the names of those that do not."""
    files = [_packed(file(report, one)) for one in formats]
    fitting = [one for one in files if len(one.content) <= LARGEST]
    return fitting, [one.name for one in files if one not in fitting]


def _packed(file: File) -> File:
    if len(file.content) < _PACKED_FROM or file.name.endswith(".pdf"):
        return file
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(file.name, file.content)
    return File(f"{file.name}.zip", packed.getvalue(), "application/zip")
