"""Storing a snapshot in Postgres: all that differs, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Organization, Unit
from accounts.services import store_organization
from accounts.snapshot import Account as SnapshotAccount
from accounts.snapshot import AccountState, OrganizationSnapshot, PolicyTypeStatus
from accounts.snapshot import Organization as SnapshotOrganization
from accounts.snapshot import Unit as SnapshotUnit
from accounts.snapshot_codec import build

pytestmark = pytest.mark.django_db


def snapshot(accounts: int = 3) -> OrganizationSnapshot:
    return build(
        taken_at=datetime(2026, 11, 23, 10, tzinfo=UTC),
        organization=SnapshotOrganization("o-example0001", "aws", "000000000000", "ALL"),
        scp_status=PolicyTypeStatus.ENABLED,
        units=[
            SnapshotUnit("r-ab12", "Root", None),
            SnapshotUnit("ou-ab12-workloads", "Workloads", "r-ab12"),
            SnapshotUnit("ou-ab12-payments0", "Payments", "ou-ab12-workloads"),
        ],
        accounts=[
            SnapshotAccount(
                f"{number:012d}",
                f"account-{number}",
                f"{number}@example.com",
                AccountState.ACTIVE,
                "ou-ab12-payments0",
            )
            for number in range(accounts)
        ],
        policies=[],
        attachments=[],
    )


def test_a_unit_knows_its_path_from_the_root() -> None:
    store_organization(snapshot())
    unit = Unit.objects.get(aws_id="ou-ab12-payments0")
    assert unit.path == "r-ab12/ou-ab12-workloads/ou-ab12-payments0/"
    assert unit.display_path == "Workloads / Payments"
    assert unit.parent is not None
    assert unit.parent.aws_id == "ou-ab12-workloads"
    assert Unit.objects.get(parent=None).display_path == "Root"


def test_coverage_counts_active_members_alone() -> None:
    base = snapshot(3)
    closed = replace(base.accounts[2], state=AccountState.CLOSED)
    store_organization(replace(base, accounts=(*base.accounts[:2], closed)))
    counted = Account.objects.counted()
    assert [account.aws_id for account in counted] == ["000000000001"]


def test_what_is_renamed_moved_or_gone_is_so_in_the_rows() -> None:
    base = snapshot()
    store_organization(base)
    keys = dict(Account.objects.values_list("aws_id", "pk"))
    moved = replace(base.accounts[1], name="renamed", parent_id="r-ab12")
    units = tuple(unit for unit in base.units if unit.name != "Payments")
    store_organization(replace(base, units=units, accounts=(moved,)))
    account = Account.objects.select_related("unit").get()
    assert (account.name, account.unit.aws_id) == ("renamed", "r-ab12")
    assert account.pk == keys[account.aws_id]
    assert set(Unit.objects.values_list("name", flat=True)) == {"Root", "Workloads"}


def test_an_unchanged_organization_writes_its_one_row() -> None:
    store_organization(snapshot())
    later = replace(snapshot(), taken_at=snapshot().taken_at + timedelta(hours=1))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        store_organization(later)
    writes = [one["sql"] for one in queries if one["sql"].startswith(("INSERT", "UPDATE"))]
    assert len(writes) == 1
    assert Organization.objects.get().taken_at == later.taken_at


def test_ten_accounts_and_a_thousand_take_the_same_number_of_statements() -> None:
    other = replace(snapshot().organization, id="o-example0002")
    with CaptureQueriesContext(connection) as few:
        store_organization(snapshot(10))
    with CaptureQueriesContext(connection) as many:
        store_organization(replace(snapshot(1_000), organization=other))
    assert len(few) == len(many)
