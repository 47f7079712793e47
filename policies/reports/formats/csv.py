"""Every account × guardrail as CSV, which a spreadsheet may open without harm."""

from collections.abc import Iterator
from typing import Final

from policies.csv_lines import csv_line
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


def as_csv(report: PostureReport) -> Iterator[str]:
    """Line by line, the heading first; lines end as RFC 4180 says."""
    yield csv_line(COLUMNS)
    for account, judgement, since in report.rows():
        yield csv_line(
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
