"""Whom an SCP reaches."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from accounts.services import start_crawl
from policies.models import Assessment
from policies.selectors import scp_detail as selector
from policies.selectors.scp_detail import scp_detail
from policies.services.recording import record
from tests.factories import FULL_ACCESS, NO_LOGIN_PROFILES, Scp, organization

pytestmark = pytest.mark.django_db

ACCOUNTS = {
    "orders": "Workloads/Prod",
    "payments": "Workloads/Prod",
    "trial": "Workloads/Test",
    "logs": "Security",
    "alone": "",
}


@pytest.mark.parametrize(
    ("at", "reached"),
    [
        (["Workloads"], 3),
        (["Workloads", "Workloads/Prod", "orders"], 3),
        (["Workloads/Prod", "Security"], 3),
        (["Workloads/Prod", "orders", "trial", "alone"], 4),
        (["orders"], 1),
        (["management"], 0),
        (["management", "Security"], 1),
        (["", "Security"], 5),
        ([], 0),
    ],
)
@pytest.mark.parametrize("shown", [50, 1])
def test_an_account_below_two_targets_is_reached_once_and_the_management_account_never(
    at: Sequence[str], reached: int, shown: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selector, "_SHOWN", shown)
    found = scp_detail(_stored(at), "p-scp00001")
    assert found.reached == reached
    assert found.unit_count + found.account_count == len(at)
    assert found.more == (len(at) > len(found.targets))


def test_of_what_is_attached_everywhere_the_root_stands_first_and_some_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(selector, "_SHOWN", 3)
    found = scp_detail(_stored([]), FULL_ACCESS.id)
    assert [(one.kind, one.name) for one in found.targets] == [
        ("Root", "Root"),
        ("OU", "Security"),
        ("OU", "Workloads"),
        ("Account", "alone"),
        ("Account", "logs"),
        ("Account", "management"),
    ]
    assert (found.unit_count, found.account_count, found.reached) == (5, 6, 5)
    assert found.more


def _stored(at: Sequence[str]) -> Assessment:
    scps = [Scp("No login profiles", NO_LOGIN_PROFILES, at=at)]
    snapshot = organization(ACCOUNTS, scps)
    return record(start_crawl(), snapshot)
