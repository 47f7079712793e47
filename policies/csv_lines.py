"""Lines of CSV that a spreadsheet may open without harm: names in AWS come from anybody."""

import csv
from collections.abc import Iterable
from typing import Final

# What makes a spreadsheet take a cell for a formula. Source: OWASP, "CSV Injection".
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_line(cells: Iterable[str]) -> str:
    """One record, ended as RFC 4180 says."""
    line: str = _WRITER.writerow([harmless(cell) for cell in cells])
    return line


def harmless(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would calculate."""
    # Some drop blanks first, and then find a formula.
    risky = cell.startswith(_FORMULA) or cell.lstrip().startswith(_FORMULA)
    return f"'{cell}" if risky else cell


class _Returned:
    """What `csv.writer` writes to, to have the line back."""

    def write(self, line: str) -> str:
        return line


_WRITER: Final = csv.writer(_Returned())
