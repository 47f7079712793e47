"""Marks in verdicts for what differs between accounts that are otherwise judged alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

ACCOUNT_MARK: Final = "${Account}"
PATH_MARK: Final = "${OrganizationPath}"


def level_mark(index: int) -> str:
    """Stands for the target of the level with this index, from the root down."""
    return f"${{Level{index}}}"


def filling(targets: Sequence[str], organization_path: str) -> Callable[[str], str]:
    """Puts the targets of a path, and the path itself, in the places of their marks."""
    marks = [(level_mark(index), target) for index, target in enumerate(targets)]
    marks.append((PATH_MARK, organization_path))

    def fill(text: str) -> str:
        if "${" in text:
            for mark, target in marks:
                text = text.replace(mark, target)
        return text

    return fill


def replacing(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)
