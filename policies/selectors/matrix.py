"""The coverage matrix: accounts × guardrails, filtered, sorted, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, overload

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
_LACKS: Final = F("lacking")
# Each has an index: a page costs what stands on it and before it, not the whole organization.
_SORTS: Final = {
    "path": (_PATH, _NAME, "aws_id"),
    "-path": (_PATH.desc(), _NAME, "aws_id"),
    "name": (_NAME, "aws_id"),
    "-name": (_NAME.desc(), "-aws_id"),
    "lacks": (_LACKS.asc(), _NAME, "aws_id"),
    "-lacks": (_LACKS.desc(), _NAME, "aws_id"),
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

    Four queries, whatever the size; a page past the end gives the last, nonsense the first.
    """
    found = Paginator(_InOrder(assessment, chosen), size).get_page(page)
    columns = tuple(one for one in headings() if chosen.guardrail in ("", one.id))
    accounts = list(found)
    verdicts = _verdicts(columns, posture__in={one.posture_id for one in accounts})
    return Matrix(columns, found, tuple(_rows(assessment, columns, accounts, verdicts)))


def every_row(assessment: Assessment, chosen: MatrixFilter) -> Iterator[Row]:
    """All rows that the filter keeps, read as they are asked for; two queries."""
    columns = tuple(one for one in headings() if chosen.guardrail in ("", one.id))
    kept = accounts_at(assessment, chosen)
    verdicts = _verdicts(columns, posture__in=kept.values("posture"))
    accounts = _ordered(kept, assessment, chosen.sort).select_related("unit")
    return _rows(assessment, columns, accounts.iterator(chunk_size=2_000), verdicts)


# Status and reason, by posture and guardrail.
_Verdicts = Mapping[tuple[int, str], tuple[str, str]]


def _verdicts(columns: Sequence[Heading], **of: object) -> _Verdicts:
    rows = Verdict.objects.filter(guardrail__in=[one.id for one in columns], **of)
    return {
        (posture, guardrail): (status, reason)
        for posture, guardrail, status, reason in rows.values_list(
            "posture", "guardrail", "status", "reason"
        )
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
                _cell(column, *verdicts[account.posture_id, column.id], account.aws_id)
                for column in columns
            ),
        )


def accounts_at(assessment: Assessment, chosen: MatrixFilter) -> QuerySet[AccountVersion]:
    """The accounts of the matrix, in no order."""
    accounts: QuerySet[AccountVersion] = AccountVersion.objects.at(assessment)
    # Below the root are all.
    if chosen.unit and chosen.unit.parent_aws_id:
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
    return accounts


def _ordered(
    accounts: QuerySet[AccountVersion], assessment: Assessment, sort: str
) -> QuerySet[AccountVersion]:
    if sort.endswith("path"):
        # Says no more than the accounts do, and lets PostgreSQL walk the units in their order.
        accounts = accounts.filter(unit__organization=assessment.organization_id)
    return accounts.order_by(*_SORTS[sort])


class _InOrder(Sequence[AccountVersion]):
    """The accounts of a matrix for a paginator, of which a slice costs two queries.

    The keys come first: what is skipped before a late page is then read from an index alone.
    """

    def __init__(self, assessment: Assessment, chosen: MatrixFilter) -> None:
        self._kept = accounts_at(assessment, chosen)
        self._keys = _ordered(self._kept, assessment, chosen.sort).values_list("pk", flat=True)

    def __len__(self) -> int:
        return self._kept.count()

    @overload
    def __getitem__(self, rows: int) -> AccountVersion: ...
    @overload
    def __getitem__(self, rows: slice) -> list[AccountVersion]: ...
    def __getitem__(self, rows: int | slice) -> AccountVersion | list[AccountVersion]:
        if isinstance(rows, int):
            return self[rows : rows + 1][0]
        keys = list(self._keys[rows])
        found = AccountVersion.objects.select_related("unit").in_bulk(keys)
        return [found[key] for key in keys]


def _cell(guardrail: Heading, status: str, reason: str, account_id: str) -> Cell:
    found = Status(status)
    return Cell(guardrail, found, STATUS_LABELS[found], for_account(reason, account_id))
