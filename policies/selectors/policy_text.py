"""Policies as people read them."""

from __future__ import annotations

import json
from typing import Any


class _Ambiguous(Exception):
    pass


def indented(text: str) -> str:
    """The same JSON with a line for each part; a text that is no plain JSON stays as it is.

    A key that stands twice would lose one of its values, so such a text stays too.
    """
    try:
        document = json.loads(text, object_pairs_hook=_each_key_once)
    except (ValueError, RecursionError, _Ambiguous):
        return text
    return json.dumps(document, indent=2, ensure_ascii=False)


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Ambiguous
    return found
