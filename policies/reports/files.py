"""The files that an e-mail carries, and that the pages let people download.

The CSV of 50,000 accounts has 190 MiB, so that it is made piece by piece, and packed or sent on
as it is made.
"""

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

from django.utils.text import slugify

from policies.reports.content import PostureReport, to_json
from policies.reports.formats.csv import as_csv
from policies.reports.formats.email import as_html, as_text
from policies.reports.formats.paper import as_pdf

# Larger ones are packed.
_PACKED_FROM: Final = 1_000_000
# All that one e-mail carries: a third more on the way, where many servers refuse 10 MB.
LARGEST: Final = 7_000_000
_LINES: Final = 1_000


@dataclass(frozen=True, slots=True)
class File:
    """`pieces` can be taken once."""

    name: str
    media_type: str
    pieces: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class _Format:
    media_type: str
    render: Callable[[PostureReport], Iterator[bytes]]


def _csv(report: PostureReport) -> Iterator[bytes]:
    """With a byte order mark: without one, Excel takes UTF-8 for something older."""
    lines = as_csv(report)
    yield b"\xef\xbb\xbf"
    while piece := "".join(islice(lines, _LINES)):
        yield piece.encode()


FORMATS: Final = {
    "html": _Format("text/html", lambda report: iter([as_html(report).encode()])),
    "txt": _Format("text/plain", lambda report: iter([as_text(report).encode()])),
    "pdf": _Format("application/pdf", lambda report: iter([as_pdf(report)])),
    "csv": _Format("text/csv", _csv),
    "json": _Format("application/json", lambda report: iter([to_json(report)])),
}


def file(report: PostureReport, format: str) -> File:
    """`format` is one of `FORMATS`; the name says of what and of when."""
    known = FORMATS[format]
    name = f"{slugify(report.title) or 'report'}-{report.taken_at:%Y-%m-%d}.{format}"
    return File(name, known.media_type, known.render(report))


def attachments(
    report: PostureReport, formats: Sequence[str]
) -> tuple[list[Attachment], list[str]]:
    """The files that fit into an e-mail together, and the names of those that do not."""
    fitting, left_out, room = [], [], LARGEST
    for format in formats:
        made = _attached(file(report, format))
        if len(made.content) <= room:
            fitting.append(made)
            room -= len(made.content)
        else:
            left_out.append(made.name)
    return fitting, left_out


def _attached(made: File) -> Attachment:
    """As it is where it is small or would not get smaller, else packed."""
    begun, size = [], 0
    for piece in made.pieces:
        begun.append(piece)
        size += len(piece)
        if size >= _PACKED_FROM and made.media_type != FORMATS["pdf"].media_type:
            break
    else:
        return Attachment(made.name, made.media_type, b"".join(begun))
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(made.name, "w") as inside,
    ):
        for piece in chain(begun, made.pieces):
            inside.write(piece)
    return Attachment(f"{made.name}.zip", "application/zip", packed.getvalue())
