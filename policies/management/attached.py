"""A report as JSON carries the snapshot that it judged, and by which parameters."""

import json
from dataclasses import dataclass
from typing import Any

from policies.reports.content import FORMAT


@dataclass(frozen=True, slots=True)
class Attached:
    """The text of a snapshot file; `parameters` as `--parameters` reads them, None for none."""

    snapshot: str
    parameters: Any = None


def attached(text: str) -> Attached:
    """What a report attaches; any other text is taken for a snapshot, with errors to match."""
    try:
        found = json.loads(text) if FORMAT in text else None
    except (ValueError, RecursionError):
        found = None
    match found:
        case {"format": format, "snapshot": snapshot, "judged": {"parameters": parameters}}:
            if format == FORMAT:
                return Attached(json.dumps(snapshot), parameters)
    return Attached(text)
