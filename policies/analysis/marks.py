"""Marks in verdicts for what differs between accounts that are otherwise judged alike.

They stand between characters of Unicode's private use area, which no text has that is meant
for people: of a policy that held one it could not be told what was put in, and so none is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

_BEGIN, _END = "\ue000", "\ue001"
ACCOUNT_MARK: Final = f"{_BEGIN}Account{_END}"
PATH_MARK: Final = f"{_BEGIN}OrganizationPath{_END}"
_NAME: Final = re.compile(f"{_BEGIN}NameOf ([^{_END}]+){_END}")


def may_hold_a_mark(content: str) -> bool:
    """Whether a JSON text has the character with which marks begin, or an escape for it."""
    return _BEGIN in content or f"\\u{ord(_BEGIN):x}" in content.lower()


def name_mark(policy_id: str) -> str:
    """Stands for the policy's name, which may hold anything: other marks, an account's id."""
    return f"{_BEGIN}NameOf {policy_id}{_END}"


def level_mark(index: int) -> str:
    """Stands for the target of the level with this index, from the root down."""
    return f"{_BEGIN}Level{index}{_END}"


def marking(account_id: str, organization_path: str) -> Callable[[str], str]:
    """Puts marks in the places of an account's id and path."""

    def mark(text: str) -> str:
        return text.replace(organization_path, PATH_MARK).replace(account_id, ACCOUNT_MARK)

    return mark


def filling(
    targets: Sequence[str], organization_path: str, names: Mapping[str, str]
) -> Callable[[str], str]:
    """Puts a path's targets, the path itself and policies' names in the places of their marks."""
    marks = [(level_mark(index), target) for index, target in enumerate(targets)]
    marks.append((PATH_MARK, organization_path))

    def fill(text: str) -> str:
        if _BEGIN in text:
            for mark, target in marks:
                text = text.replace(mark, target)
            text = _NAME.sub(lambda found: names.get(found[1], found[0]), text)
        return text

    return fill


def replacing(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)
