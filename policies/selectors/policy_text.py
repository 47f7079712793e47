"""Policies as people read them."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

_HALVES: Final = re.compile("[\ud800-\udfff]")


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
    shown = json.dumps(document, indent=2, ensure_ascii=False)
    # Half a character can be escaped in JSON, and sent to no browser: then it stays escaped.
    return json.dumps(document, indent=2) if _HALVES.search(shown) else shown


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Ambiguous
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an indented policy; `statement` is the index of the one that it belongs to."""

    number: int
    text: str
    statement: int | None


def lines(content: str) -> tuple[Line, ...]:
    """The indented text line by line.

    Where every part has a line of its own, a statement of the list lies between braces that
    are four blanks in, a single one between braces that are two blanks in.
    """
    found: list[Line] = []
    inside, index, indent = False, -1, ""
    for number, text in enumerate(indented(content).split("\n"), start=1):
        if not inside and text == '  "Statement": {':
            inside, index, indent = True, 0, "  "
        elif not inside and indent == "    " and text == "    {":
            inside, index = True, index + 1
        elif text == '  "Statement": [':
            indent = "    "
        elif indent == "    " and not inside and text.rstrip(",") == "  ]":
            indent = ""
        found.append(Line(number, text, index if inside else None))
        if inside and text.rstrip(",") == f"{indent}}}":
            inside = False
    return tuple(found)
