"""The coverage matrix: accounts × guardrails, filtered, sorted, a page at a time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, overload

from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet
from django.db.models.functions import Lower

from accounts.snapshot import AccountState
from policies.analysis.verdict import Status
from policies.models import AccountVersion, Assessment, Verdict
from policies.selectors.headings import Heading, headings
from policies.selectors.matrix_filter import Kept, MatrixFilter
from policies.selectors.placeholders import for_account
from policies.selectors.units import UnitRow, unit_rows

PAGE_SIZE: Final = 100
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
class Cell:
    guardrail: Heading
    status: Status
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """`is_management` marks the account that SCPs never affect."""

    account: AccountVersion
    unit: UnitRow
    is_management: bool
    cells: tuple[Cell, ...]

    @property
    def marked(self) -> bool:
        """Whether SCPs affect it otherwise than others, or not any more."""
        return self.is_management or self.account.state != AccountState.ACTIVE

    @property
    def lacks(self) -> str:
        """A number that has no need of a reader's way to write numbers: a page has a hundred."""
        return str(self.account.lacking)


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

    Four queries at most whatever the size. A page past the end gives the last, nonsense the first.
    """
    found = Paginator(_InOrder(assessment, chosen), size).get_page(page)
    columns = tuple(one for one in headings() if chosen.guardrail in ("", one.id))
    accounts = list(found)
    verdicts = _verdicts(columns, posture__in={one.posture_id for one in accounts})
    return Matrix(columns, found, tuple(_rows(assessment, columns, accounts, verdicts)))


@dataclass(frozen=True, slots=True)
class Worst:
    """The first of `accounts`, those that lack most; a row has a cell for each of `columns`."""

    columns: tuple[Heading, ...]
    rows: tuple[Row, ...]
    accounts: int


def worst_below(assessment: Assessment, path: str, most: int) -> Worst:
    """At most so many accounts below the path of a unit; three queries.

    Of the accounts there are ids, names, states, units and postures alone.
    """
    kept = Kept(assessment, MatrixFilter(below=path, sort="-lacks"))
    first = kept.accounts.order_by(*_SORTS["-lacks"])[:most]
    accounts = list(first.only("aws_id", "name", "state", "unit", "posture"))
    verdicts = _verdicts(headings(), posture__in={one.posture_id for one in accounts})
    rows = tuple(_rows(assessment, headings(), accounts, verdicts))
    return Worst(headings(), rows, kept.count())


def every_row(assessment: Assessment, chosen: MatrixFilter) -> Iterator[Row]:
    """All rows that the filter keeps, read as they are asked for; two queries."""
    columns = tuple(one for one in headings() if chosen.guardrail in ("", one.id))
    kept = Kept(assessment, chosen).accounts
    verdicts = _verdicts(columns, posture__in=kept.values("posture"))
    accounts = _ordered(kept, assessment, chosen.sort)
    return _rows(assessment, columns, accounts.iterator(chunk_size=2_000), verdicts)


# Status and reason, by posture and guardrail.
_Verdicts = Mapping[tuple[int, str], tuple[Status, str]]


def _verdicts(columns: Sequence[Heading], **of: object) -> _Verdicts:
    rows = Verdict.objects.filter(guardrail__in=[one.id for one in columns], **of)
    return {
        (posture, guardrail): (Status(status), reason)
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
    units = unit_rows(assessment)
    # Accounts that are alike share their cells.
    alike: dict[int, tuple[Cell, ...]] = {}
    for account in accounts:
        posture = account.posture_id
        if posture not in alike:
            alike[posture] = tuple(Cell(one, *verdicts[posture, one.id]) for one in columns)
        yield Row(
            account=account,
            unit=units[account.unit_id],
            is_management=account.aws_id == assessment.management_account_id,
            cells=tuple(_about(cell, account.aws_id) for cell in alike[posture]),
        )


def _ordered(
    accounts: QuerySet[AccountVersion], assessment: Assessment, sort: str
) -> QuerySet[AccountVersion]:
    if sort.endswith("path"):
        # Says no more than the accounts do, and lets PostgreSQL walk the units in their order.
        accounts = accounts.filter(unit__organization=assessment.organization_id)
    # Nobody reads what is searched: without it PostgreSQL sorts half as many bytes.
    return accounts.order_by(*_SORTS[sort]).defer("name_in_capitals", "email_in_capitals")


class _InOrder(Sequence[AccountVersion]):
    """The accounts of a matrix for a paginator, of which a slice costs one query."""

    def __init__(self, assessment: Assessment, chosen: MatrixFilter) -> None:
        self._kept = Kept(assessment, chosen)
        self._assessment = assessment
        self._sort = chosen.sort

    def __len__(self) -> int:
        return self._kept.count()

    @overload
    def __getitem__(self, rows: int) -> AccountVersion: ...
    @overload
    def __getitem__(self, rows: slice) -> list[AccountVersion]: ...
    def __getitem__(self, rows: int | slice) -> AccountVersion | list[AccountVersion]:
        if isinstance(rows, int):
            return self[rows : rows + 1][0]
        around, before = self._kept.around(rows.start, rows.stop)
        accounts = _ordered(around, self._assessment, self._sort)
        return list(accounts[rows.start - before : rows.stop - before])


def _about(cell: Cell, account_id: str) -> Cell:
    """The same of one account, where the reason names it."""
    reason = for_account(cell.reason, account_id)
    return cell if reason == cell.reason else replace(cell, reason=reason)
