"""Every account × guardrail as CSV, which a spreadsheet may open without harm."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

from policies.reports.content import PostureReport
from policies.selectors.placeholders import for_account

COLUMNS: Final = (
    "account_id",
    "account_name",
    "account_email",
    "account_state",
    "organizational_unit",
    "guardrail",
    "status",
    "lacking_since",
    "reason",
    "open_actions",
    "counted",
)
# What makes a spreadsheet take a cell for a formula.
# Source: OWASP, "CSV Injection".
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_csv(report: PostureReport) -> Iterator[str]:
    """Line by line, the heading first; lines end as RFC 4180 says."""
    yield _line(COLUMNS)
    for account, judgement, since in report.rows():
        yield _line(
            (
                account.id,
                account.name,
                account.email,
                account.state,
                account.unit,
                judgement.guardrail,
                judgement.status.value,
                since.isoformat().replace("+00:00", "Z") if since else "",
                for_account(judgement.reason, account.id),
                " ".join(judgement.open_actions),
                "yes" if account.counted else "no",
            )
        )


def harmless(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would calculate."""
    # Some drop blanks first, and then find a formula.
    return f"'{cell}" if cell.startswith(_FORMULA) or cell.lstrip().startswith(_FORMULA) else cell


def _line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([harmless(cell) for cell in cells])
    return line.getvalue()
