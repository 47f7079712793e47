"""Accounts that are judged together: whatever a policy names must match both or neither.

Held against regular expressions: every text of a few pieces, against texts that hold an
account's id where one can stand.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

import pytest

from policies.analysis.likeness import Distinctions, distinctions
from tests.policies.analysis.writing import deny, statements

# Some begin or end alike, some overlap with themselves.
IDS: Final = (
    "222222222222",
    "222222222223",
    "233333333333",
    "322222222222",
    "232323232323",
    "444444444444",
)
OWN: Final = "${aws:PrincipalAccount}"
PIECES: Final = ("2", "22222222222", IDS[0], f"2{'?' * 11}", "*", "?", "a", ":", OWN, "${x}")
# What stands in front of an id in any request, and only where a policy puts an id into a text.
IN_FRONT: Final = ("", "2:", "a/")
ANYWHERE: Final = (*IN_FRONT, "a", "2")
BEHIND: Final = ("", "a", "2")


def _of(*texts: str) -> Distinctions:
    return distinctions(statements(deny(resource=list(texts))))


def _pattern(text: str, account_id: str) -> re.Pattern[str]:
    own = text.replace(OWN, account_id).replace("${x}", "*")
    return re.compile("".join({"*": ".*", "?": "."}.get(one, re.escape(one)) for one in own))


def _apart(text: str, *beside: str) -> Iterator[tuple[str, str, str]]:
    """Accounts taken for alike that the text tells apart, and by which request."""
    found = _of(text, *beside)
    alike = defaultdict(list)
    for one in IDS:
        alike[found.likeness(one)].append((one, _pattern(text, one)))
    fronts = ANYWHERE if OWN in "".join((text, *beside)) else IN_FRONT
    for (first, ours), *others in alike.values():
        for front, behind in itertools.product(fronts, BEHIND):
            matched = ours.fullmatch(f"{front}{first}{behind}") is not None
            for other, theirs in others:
                if (theirs.fullmatch(f"{front}{other}{behind}") is not None) is not matched:
                    yield first, other, f"{front}…{behind}"


@pytest.mark.parametrize("beside", [(), (f"a{OWN}",)])
def test_what_is_named_matches_all_of_those_alike_or_none(beside: tuple[str, ...]) -> None:
    texts = {"".join(one) for size in (1, 2, 3) for one in itertools.product(PIECES, repeat=size)}
    wrong = {text: found for text in sorted(texts) if (found := list(_apart(text, *beside)))}
    assert wrong == {}


@pytest.mark.parametrize(
    ("found", "tells"),
    [
        (Distinctions((), placed=True, each=False), False),
        (Distinctions(("2*",), placed=False, each=False), True),
        (Distinctions((), placed=False, each=True), True),
    ],
)
def test_what_speaks_of_places_alone_tells_none_apart_below_one_unit(
    found: Distinctions, tells: bool
) -> None:
    assert found.tells is tells
