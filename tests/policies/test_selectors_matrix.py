"""The coverage matrix: which rows a filter keeps, in what order, at what cost."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.services import start_crawl
from accounts.snapshot import AccountState
from policies import catalogue
from policies.analysis.marks import ACCOUNT_MARK
from policies.analysis.verdict import Status
from policies.models import Assessment, UnitVersion
from policies.selectors import matrix_filter
from policies.selectors.headings import LACKING
from policies.selectors.matrix import Matrix, matrix
from policies.selectors.matrix_filter import MatrixFilter
from policies.services.recording import record
from tests.factories import (
    KEEP_S3_PRIVATE,
    NO_LOGIN_PROFILES,
    Scp,
    deny,
    organization,
)

pytestmark = pytest.mark.django_db

LOGIN = "prevent-login-profiles"
S3 = "prevent-s3-public-access"


@pytest.fixture
def example() -> Assessment:
    """payments has login profiles closed, orders a part of them; sandbox and legacy nothing."""
    snapshot = organization(
        {
            "payments": "Workloads/Payments",
            "Orders": "Workloads/Orders",
            "sandbox": "Sandbox",
            "legacy": "Workloads 2",
        },
        [
            Scp("No login profiles", NO_LOGIN_PROFILES, at=["Workloads/Payments"]),
            Scp("Some", deny("iam:CreateLoginProfile"), at=["Workloads/Orders"]),
            Scp("Keep S3 private", KEEP_S3_PRIVATE, at=["Sandbox"]),
        ],
        states={"legacy": AccountState.SUSPENDED},
    )
    return record(start_crawl(), snapshot)


def names(found: Matrix) -> list[str]:
    return [row.account.name for row in found.rows]


def kept(example: Assessment, **parts: object) -> list[str]:
    return names(matrix(example, MatrixFilter(**parts)))  # type: ignore[arg-type]


@pytest.mark.parametrize("few", [1, 2_000])
def test_a_text_keeps_the_same_whether_few_or_many_have_it(
    example: Assessment, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(matrix_filter, "_FEW", few)
    assert kept(example, text="a") == ["management", "sandbox", "Orders", "payments", "legacy"]
    found = matrix(example, MatrixFilter(text="a", sort="-name"), "2", 2)
    assert names(found) == ["Orders", "management"]
    assert found.page.paginator.count == 5


def test_without_a_filter_all_accounts_stand_by_path_and_name(example: Assessment) -> None:
    assert kept(example) == ["management", "sandbox", "Orders", "payments", "legacy"]


def test_every_row_has_a_cell_for_every_guardrail_in_the_catalogues_order(
    example: Assessment,
) -> None:
    found = matrix(example, MatrixFilter())
    assert [one.id for one in found.columns] == list(catalogue.GUARDRAIL_IDS)
    for row in found.rows:
        assert [cell.guardrail for cell in row.cells] == list(found.columns)


def test_the_management_account_is_marked_and_not_applicable(example: Assessment) -> None:
    (row,) = matrix(example, MatrixFilter(text="management")).rows
    assert row.is_management
    assert {cell.status for cell in row.cells} == {Status.NOT_APPLICABLE}


def test_lacking_is_everything_but_enforced_and_not_applicable(example: Assessment) -> None:
    lacking = kept(example, guardrail=LOGIN, statuses=LACKING)
    assert lacking == ["sandbox", "Orders", "legacy"]


def test_a_status_of_a_guardrail_keeps_the_accounts_that_have_it(example: Assessment) -> None:
    assert kept(example, guardrail=LOGIN, statuses=[Status.ENFORCED]) == ["payments"]
    assert kept(example, guardrail=LOGIN, statuses=[Status.PARTIAL]) == ["Orders"]


def test_a_status_without_a_guardrail_is_that_of_any(example: Assessment) -> None:
    assert kept(example, statuses=[Status.ENFORCED]) == ["sandbox", "payments"]


def test_a_guardrail_alone_narrows_the_columns_and_not_the_rows(example: Assessment) -> None:
    found = matrix(example, MatrixFilter(guardrail=S3))
    assert [one.id for one in found.columns] == [S3]
    assert len(found.rows) == 5


def test_a_unit_keeps_all_below_it_and_not_what_is_merely_named_alike(
    example: Assessment,
) -> None:
    workloads = UnitVersion.objects.get(name="Workloads")
    assert kept(example, below=workloads.path) == ["Orders", "payments"]


def test_a_state_keeps_the_accounts_in_it(example: Assessment) -> None:
    assert kept(example, state="SUSPENDED") == ["legacy"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ORD", ["Orders"]),
        ("aws+3@", ["sandbox"]),
        ("100000000001", ["payments"]),
        ("1000-0000-0001", ["payments"]),
        ("%", []),
        ("_", []),
        ("-", []),
    ],
)
def test_text_is_found_in_id_name_and_email(
    example: Assessment, text: str, expected: list[str]
) -> None:
    assert kept(example, text=text) == expected


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("-path", ["legacy", "payments", "Orders", "sandbox", "management"]),
        ("name", ["legacy", "management", "Orders", "payments", "sandbox"]),
        ("-name", ["sandbox", "payments", "Orders", "management", "legacy"]),
    ],
)
def test_rows_are_sorted_without_regard_to_case(
    example: Assessment, sort: str, expected: list[str]
) -> None:
    assert kept(example, sort=sort) == expected


def test_filters_narrow_together(example: Assessment) -> None:
    workloads = UnitVersion.objects.get(name="Workloads")
    assert kept(example, guardrail=LOGIN, statuses=LACKING, below=workloads.path) == ["Orders"]
    assert kept(example, guardrail=LOGIN, statuses=LACKING, below=workloads.path, text="pay") == []


def test_a_reason_names_the_account_itself(example: Assessment) -> None:
    for row in matrix(example, MatrixFilter()).rows:
        assert not any(ACCOUNT_MARK in cell.reason for cell in row.cells)


def test_pages_hold_a_hundred_accounts_and_cost_four_queries() -> None:
    snapshot = organization(
        {f"account-{n:04}": f"Unit {n % 30}" for n in range(1_000)},
        [Scp("Login", NO_LOGIN_PROFILES, at=[f"Unit {n}" for n in range(0, 30, 2)])],
    )
    stored = record(start_crawl(), snapshot)
    with CaptureQueriesContext(connection) as queries:
        found = matrix(stored, MatrixFilter(guardrail=LOGIN, statuses=LACKING, sort="name"), "2")
        paths = {row.unit.display_path for row in found.rows}
    assert len(queries) == 4
    assert len(paths) == 15
    assert names(found)[0] == "account-0201"
    assert (found.page.start_index(), found.page.end_index()) == (101, 200)
    assert found.page.paginator.count == 500


@pytest.mark.parametrize(("page", "number"), [("99", 1), ("-1", 1), ("nonsense", 1)])
def test_a_page_that_is_not_there_gives_one_that_is(
    example: Assessment, page: str, number: int
) -> None:
    assert matrix(example, MatrixFilter(), page).page.number == number


@pytest.mark.parametrize("sort", ["path", "-path"])
@pytest.mark.parametrize("parts", [{}, {"state": "ACTIVE"}, {"text": "o"}, {"statuses": LACKING}])
def test_pages_by_path_follow_each_other_also_where_units_differ_in_case_alone(
    sort: str, parts: dict[str, object]
) -> None:
    placed = [("Sandbox", 5), ("sandbox", 4), ("Workloads/Production", 3), ("Empty/Below", 2)]
    accounts = {f"account-{unit}-{n}": unit for unit, many in placed for n in range(many)}
    # Of one path but for the case, so that their accounts stand among each other by name.
    assessment = record(start_crawl(), organization(dict(sorted(accounts.items()))))
    chosen = MatrixFilter(sort=sort, **parts)  # type: ignore[arg-type]
    everything = names(matrix(assessment, chosen))
    assert len(everything) >= len(accounts)
    for size in (1, 2, 4):
        pages = range(1, -(-len(everything) // size) + 1)
        found = [names(matrix(assessment, chosen, str(page), size)) for page in pages]
        assert [name for page in found for name in page] == everything, size


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"guardrail": LOGIN, "statuses": [Status.ENFORCED]},
        {"statuses": [Status.NOT_APPLICABLE]},
        {"state": "SUSPENDED"},
        {"lacks": 5},
        {"text": "o"},
        {"guardrail": S3, "statuses": LACKING, "state": "ACTIVE"},
    ],
)
def test_what_was_counted_before_is_what_stands_in_the_rows(
    example: Assessment, parts: dict[str, object]
) -> None:
    found = matrix(example, MatrixFilter(**parts))  # type: ignore[arg-type]
    assert found.page.paginator.count == len(found.rows) > 0
