"""The coverage matrix: accounts × guardrails, filtered, sorted, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.db.models.functions import Lower

from policies.analysis.verdict import Status
from policies.models import AccountVersion, Assessment, UnitVersion, Verdict
from policies.selectors.account_filters import says, with_status
from policies.selectors.headings import STATUS_LABELS, Heading, headings
from policies.selectors.placeholders import for_account

PAGE_SIZE: Final = 100
LACKING: Final = tuple(status for status in Status if status.lacking)
_SORTS: Final = {
    "path": (Lower("unit__display_path"), Lower("name")),
    "-path": (Lower("unit__display_path").desc(), Lower("name")),
    "name": (Lower("name"),),
    "-name": (Lower("name").desc(),),
}
SORTS: Final = tuple(_SORTS)


@dataclass(frozen=True, slots=True)
class MatrixFilter:
    """Which accounts; each part narrows, an empty one does not.

    `statuses` are those of `guardrail`, or of any guardrail where none is chosen;
    `unit` keeps the accounts anywhere below it.
    """

    guardrail: str = ""
    statuses: Sequence[Status] = ()
    unit: UnitVersion | None = None
    state: str = ""
    text: str = ""
    sort: str = "path"


@dataclass(frozen=True, slots=True)
class Cell:
    guardrail: Heading
    status: Status
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """`is_management` marks the account that SCPs never affect."""

    account: AccountVersion
    is_management: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """One page of rows; every row has a cell for each of `columns`."""

    columns: tuple[Heading, ...]
    page: Page[AccountVersion]
    rows: tuple[Row, ...]


def matrix(assessment: Assessment, chosen: MatrixFilter, page: str = "1") -> Matrix:
    """As of an assessment, the newest or a former one.

    Three queries, whatever the size; a page past the end gives the last, nonsense the first.
    """
    found = Paginator(accounts_at(assessment, chosen), PAGE_SIZE).get_page(page)
    columns = tuple(one for one in headings() if chosen.guardrail in ("", one.id))
    accounts = list(found)
    verdicts = {
        (verdict.posture_id, verdict.guardrail): verdict
        for verdict in Verdict.objects.filter(
            posture__in={account.posture_id for account in accounts},
            guardrail__in=[one.id for one in columns],
        ).defer("detail")
    }
    rows = tuple(
        Row(
            account=account,
            is_management=account.aws_id == assessment.management_account_id,
            cells=tuple(
                _cell(column, verdicts[account.posture_id, column.id], account.aws_id)
                for column in columns
            ),
        )
        for account in accounts
    )
    return Matrix(columns, found, rows)


def accounts_at(assessment: Assessment, chosen: MatrixFilter) -> QuerySet[AccountVersion]:
    """The accounts of the matrix, in its order."""
    accounts: QuerySet[AccountVersion] = AccountVersion.objects.at(assessment)
    if chosen.unit:
        accounts = accounts.filter(unit__path__startswith=chosen.unit.path)
    if chosen.state:
        accounts = accounts.filter(state=chosen.state)
    if chosen.text:
        accounts = accounts.filter(says(chosen.text))
    if chosen.statuses:
        guardrails = [chosen.guardrail] if chosen.guardrail else []
        accounts = with_status(accounts, assessment, chosen.statuses, guardrails)
    return accounts.select_related("unit").order_by(*_SORTS[chosen.sort], "aws_id")


def _cell(guardrail: Heading, verdict: Verdict, account_id: str) -> Cell:
    status = Status(verdict.status)
    return Cell(guardrail, status, STATUS_LABELS[status], for_account(verdict.reason, account_id))
