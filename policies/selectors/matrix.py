"""The coverage matrix: accounts × guardrails, filtered, sorted, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet
from django.db.models.functions import Lower

from policies.analysis.verdict import Status
from policies.models import AccountVersion, Assessment, UnitVersion, Verdict
from policies.selectors.account_filters import says, with_status
from policies.selectors.headings import STATUS_LABELS, Heading, headings
from policies.selectors.lacking import postures_alike
from policies.selectors.placeholders import for_account

PAGE_SIZE: Final = 100
LACKING: Final = tuple(status for status in Status if status.lacking)
_PATH: Final = Lower("unit__display_path")
_NAME: Final = Lower("name")
_LACKS: Final = F("posture__lacking")
_SORTS: Final = {
    "path": (_PATH, _NAME),
    "-path": (_PATH.desc(), _NAME),
    "name": (_NAME,),
    "-name": (_NAME.desc(),),
    "lacks": (_LACKS.asc(), _PATH, _NAME),
    "-lacks": (_LACKS.desc(), _PATH, _NAME),
}
SORTS: Final = tuple(_SORTS)


@dataclass(frozen=True, slots=True)
class MatrixFilter:
    """Which accounts; each part narrows, an empty one does not.

    `statuses` are those of `guardrail`, or of any guardrail where none is chosen;
    `unit` keeps the accounts anywhere below it; `lacks` is how many guardrails an account
    lacks; `reason` is the key of a reason for which accounts lack one.
    """

    guardrail: str = ""
    statuses: Sequence[Status] = ()
    unit: UnitVersion | None = None
    state: str = ""
    text: str = ""
    lacks: int | None = None
    reason: str = ""
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


def matrix(
    assessment: Assessment, chosen: MatrixFilter, page: str = "1", size: int = PAGE_SIZE
) -> Matrix:
    """As of an assessment, the newest or a former one.

    Three queries, whatever the size; a page past the end gives the last, nonsense the first.
    """
    found = Paginator(accounts_at(assessment, chosen), size).get_page(page)
    columns = tuple(one for one in headings() if chosen.guardrail in ("", one.id))
    accounts = list(found)
    verdicts = _verdicts(columns, posture__in={one.posture_id for one in accounts})
    return Matrix(columns, found, tuple(_rows(assessment, columns, accounts, verdicts)))


def every_row(assessment: Assessment, chosen: MatrixFilter) -> Iterator[Row]:
    """All rows that the filter keeps, read as they are asked for; two queries."""
    columns = tuple(one for one in headings() if chosen.guardrail in ("", one.id))
    accounts = accounts_at(assessment, chosen)
    verdicts = _verdicts(columns, posture__in=accounts.order_by().values("posture"))
    return _rows(assessment, columns, accounts.iterator(chunk_size=2_000), verdicts)


_Verdicts = Mapping[tuple[int, str], Verdict]


def _verdicts(columns: Sequence[Heading], **of: object) -> _Verdicts:
    return {
        (verdict.posture_id, verdict.guardrail): verdict
        for verdict in Verdict.objects.filter(
            guardrail__in=[one.id for one in columns], **of
        ).defer("detail")
    }


def _rows(
    assessment: Assessment,
    columns: Sequence[Heading],
    accounts: Iterable[AccountVersion],
    verdicts: _Verdicts,
) -> Iterator[Row]:
    for account in accounts:
        yield Row(
            account=account,
            is_management=account.aws_id == assessment.management_account_id,
            cells=tuple(
                _cell(column, verdicts[account.posture_id, column.id], account.aws_id)
                for column in columns
            ),
        )


def accounts_at(assessment: Assessment, chosen: MatrixFilter) -> QuerySet[AccountVersion]:
    """The accounts of the matrix, in its order."""
    accounts: QuerySet[AccountVersion] = AccountVersion.objects.at(assessment)
    if chosen.unit:
        accounts = accounts.filter(unit__path__startswith=chosen.unit.path)
    if chosen.state:
        accounts = accounts.filter(state=chosen.state)
    if chosen.text:
        accounts = accounts.filter(says(chosen.text))
    if chosen.lacks is not None:
        accounts = accounts.filter(posture__lacking=chosen.lacks)
    if chosen.reason:
        accounts = accounts.filter(posture__in=postures_alike(assessment, chosen.reason))
    if chosen.statuses:
        guardrails = [chosen.guardrail] if chosen.guardrail else []
        accounts = with_status(accounts, assessment, chosen.statuses, guardrails)
    return accounts.select_related("unit", "posture").order_by(*_SORTS[chosen.sort], "aws_id")


def _cell(guardrail: Heading, verdict: Verdict, account_id: str) -> Cell:
    status = Status(verdict.status)
    return Cell(guardrail, status, STATUS_LABELS[status], for_account(verdict.reason, account_id))
