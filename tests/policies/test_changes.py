"""The feed of changes: what happened, and what it did to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.services import start_crawl
from accounts.snapshot import AccountState, OrganizationSnapshot, PolicyTypeStatus
from policies.analysis.guardrail import Parameters
from policies.models import Assessment, Cause, UnitVersion, VerdictChange
from policies.selectors.changes import ChangeEntry, ChangeFilter, changes
from policies.services import recording
from policies.services.recording import record
from tests.factories import (
    KEEP_S3_PRIVATE,
    NO_LOGIN_PROFILES,
    TAKEN_AT,
    Scp,
    account_id,
    deny,
    organization,
)

pytestmark = pytest.mark.django_db

LOGIN = "prevent-login-profiles"
S3 = "prevent-s3-public-access"
ACCOUNTS = {"payments": "Workloads/Payments", "orders": "Workloads/Orders", "sandbox": "Sandbox"}
NO_LOGIN = Scp("No login", NO_LOGIN_PROFILES, at=["Workloads"])
# Attached nowhere that matters, so that units and policies keep their ids.
ELSEWHERE = Scp("No login", NO_LOGIN_PROFILES, at=["Elsewhere"])

MOVED_TO_ROOT = (
    "Moved `payments` from `Workloads / Payments` to `Root`: "
    "1 account lost Login profiles, now missing"
)


def recorded(*snapshots: OrganizationSnapshot) -> Assessment:
    """Each an hour after the one before."""
    *_, newest = [
        record(start_crawl(), replace(snapshot, taken_at=TAKEN_AT + timedelta(hours=number)))
        for number, snapshot in enumerate(snapshots)
    ]
    return newest


def entries(assessment: Assessment, **chosen: object) -> Sequence[ChangeEntry]:
    found = changes(assessment.organization, ChangeFilter(**chosen))  # type: ignore[arg-type]
    return found.entries


def whole(entry: ChangeEntry) -> str:
    """What happened, and what it did to verdicts."""
    return f"{entry.title}: {'; '.join(one.sentence for one in entry.lines) or 'no verdict'}"


def told(assessment: Assessment, **chosen: object) -> list[str]:
    return [whole(one) for one in entries(assessment, **chosen)]


def test_the_first_assessment_changes_nothing() -> None:
    assert told(recorded(organization(ACCOUNTS, [NO_LOGIN])), quiet=True) == []


def test_a_detached_scp_is_the_cause_of_what_its_accounts_lost() -> None:
    (entry,) = entries(
        recorded(
            organization(ACCOUNTS, [replace(NO_LOGIN, at=["Workloads", "Elsewhere"])]),
            organization({**ACCOUNTS}, [ELSEWHERE]),
        )
    )
    assert whole(entry) == (
        "Detached `No login` from `Workloads`: 2 accounts lost Login profiles, now missing"
    )
    assert (entry.regressions, entry.improvements, entry.in_aws) == (2, 0, True)
    assert [one.name for one in entry.lines[0].examples] == ["orders", "payments"]
    assert entry.at == TAKEN_AT + timedelta(hours=1)


def test_an_attached_scp_is_the_cause_of_what_they_gained() -> None:
    assert told(
        recorded(
            organization(ACCOUNTS, [ELSEWHERE]),
            organization(ACCOUNTS, [replace(NO_LOGIN, at=["Elsewhere", "orders"])]),
        )
    ) == ["Attached `No login` to `orders`: 1 account gained Login profiles, missing before"]


def test_an_edited_scp_shows_what_was_edited() -> None:
    weaker = replace(NO_LOGIN, content=deny("iam:CreateLoginProfile"))
    (entry,) = entries(
        recorded(organization(ACCOUNTS, [NO_LOGIN]), organization(ACCOUNTS, [weaker]))
    )
    assert whole(entry) == "Edited `No login`: 2 accounts lost Login profiles, now partial"
    (difference,) = entry.differences
    removed = [line.text.strip() for line in difference.lines if line.kind == "removed"]
    assert '"iam:UpdateLoginProfile",' in removed


def test_an_account_that_moved_is_told_from_a_detached_scp() -> None:
    both = {"anchor": "Workloads/Payments", **ACCOUNTS}
    found = told(
        recorded(
            organization(both, [replace(NO_LOGIN, at=["Workloads", "Sandbox"])]),
            organization({**both, "payments": ""}, [NO_LOGIN]),
        )
    )
    assert sorted(found) == [
        "Detached `No login` from `Sandbox`: 1 account lost Login profiles, now missing",
        MOVED_TO_ROOT,
    ]


def test_a_moved_ou_takes_its_accounts_with_it() -> None:
    before = organization(ACCOUNTS, [NO_LOGIN])
    payments = next(unit for unit in before.units if unit.name == "Payments")
    sandbox = next(unit for unit in before.units if unit.name == "Sandbox")
    units = tuple(
        replace(unit, parent_id=sandbox.id) if unit == payments else unit for unit in before.units
    )
    (sentence,) = told(recorded(before, replace(before, units=units)))
    assert sentence == (
        "Moved the OU `Workloads / Payments` to `Sandbox / Payments`: "
        "1 account lost Login profiles, now missing"
    )


def test_accounts_come_and_go() -> None:
    newest = recorded(
        organization(ACCOUNTS, [NO_LOGIN]),
        organization({**ACCOUNTS, "new": "Sandbox"}, [NO_LOGIN]),
        organization(ACCOUNTS, [NO_LOGIN]),
    )
    left, came = told(newest, guardrail=LOGIN)
    assert came == "Added `new` in `Sandbox`: 1 account came with Login profiles missing"
    assert left == "Removed `new` from `Sandbox`: 1 account left with Login profiles missing"
    assert told(newest, direction="regression") == []


def test_a_closed_account_is_told_where_the_quiet_is_asked_for() -> None:
    newest = recorded(
        organization(ACCOUNTS), organization(ACCOUNTS, states={"orders": AccountState.CLOSED})
    )
    assert told(newest) == []
    assert told(newest, quiet=True) == [
        "Changed `orders`: state from `ACTIVE` to `CLOSED`: no verdict"
    ]


def test_scps_switched_off_change_everything_at_once() -> None:
    (entry,) = entries(
        recorded(
            organization(ACCOUNTS, [NO_LOGIN]),
            organization(ACCOUNTS, [NO_LOGIN], scp_status=PolicyTypeStatus.DISABLED),
        )
    )
    assert entry.title == (
        "Changed the organization: policy type SERVICE_CONTROL_POLICY from `ENABLED` to `DISABLED`"
    )
    assert entry.regressions == 2


def test_other_parameters_are_told_apart_from_what_aws_changed_at_the_same_time() -> None:
    leave = Scp("No leaving", deny("organizations:LeaveOrganization"))
    recorded(organization(ACCOUNTS, [leave, ELSEWHERE]))
    later = replace(
        organization(ACCOUNTS, [leave, replace(NO_LOGIN, at=["Sandbox", "Elsewhere"])]),
        taken_at=TAKEN_AT + timedelta(hours=1),
    )
    newest = record(start_crawl(), later, Parameters(organizations_scope="leave"))
    in_aws, ours = entries(newest)
    assert in_aws.in_aws
    assert in_aws.title == "Attached `No login` to `Sandbox`"
    assert not ours.in_aws
    assert whole(ours) == (
        "Changed guardrail parameters in the portal: scope of Organizations actions from `all` to "
        "`leave`: 3 accounts gained Organizations, partial before"
    )


def test_a_newer_engine_is_never_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = organization(ACCOUNTS, [NO_LOGIN])
    recorded(snapshot)
    monkeypatch.setattr(recording, "ENGINE_VERSION", "0.9 of the test")
    again = record(start_crawl(), snapshot)
    (entry,) = entries(again, quiet=True)
    assert not entry.in_aws
    assert "to `0.9 of the test`" in entry.title


def test_a_filter_keeps_what_it_names() -> None:
    newest = recorded(
        organization(ACCOUNTS, [NO_LOGIN, Scp("S3", KEEP_S3_PRIVATE, at=["Elsewhere"])]),
        organization(ACCOUNTS, [ELSEWHERE, Scp("S3", KEEP_S3_PRIVATE, at=["Sandbox"])]),
    )
    assert len(entries(newest)) == 2
    snapshot = organization(ACCOUNTS)
    (gained,) = entries(newest, account=account_id(snapshot, "sandbox"))
    assert {one.guardrail.id for one in gained.lines} == {S3}
    (lost,) = entries(newest, direction="regression")
    assert {one.guardrail.id for one in lost.lines} == {LOGIN}
    assert entries(newest, guardrail=LOGIN) == (lost,)
    assert entries(newest, policy="p-scp00001") == (lost,)
    assert entries(newest, policy="p-scp00009") == ()
    unit = next(one.id for one in snapshot.units if one.name == "Sandbox")
    assert entries(newest, unit=unit) == (gained,)
    assert entries(newest, end=TAKEN_AT + timedelta(hours=1)) == ()
    assert len(entries(newest, start=TAKEN_AT + timedelta(hours=1))) == 2


def test_who_left_a_unit_is_among_its_changes_and_among_those_of_the_one_it_came_to() -> None:
    # The one that moves last, so that units keep their ids.
    others = {"anchor": "Workloads/Payments", "orders": "Workloads/Orders", "sandbox": "Sandbox"}
    after = {**others, "payments": "Sandbox"}
    before = organization({**others, "payments": "Workloads/Payments"}, [NO_LOGIN])
    newest = recorded(
        before,
        organization(after, [NO_LOGIN]),
        organization(after, [replace(NO_LOGIN, at=["Workloads", "Sandbox"])]),
    )
    unit = {one.name: one.id for one in before.units}
    won, lost = entries(newest)
    # What happened to it later is nothing of the units that it left.
    for name in ("Workloads", "Payments"):
        assert entries(newest, unit=unit[name]) == (lost,), name
    sandbox = entries(newest, unit=unit["Sandbox"])
    assert [one.id for one in sandbox] == [won.id, lost.id]
    assert entries(newest, unit=unit["Orders"]) == ()


def test_an_unchanged_organization_adds_a_line_and_no_change() -> None:
    snapshot = organization(ACCOUNTS, [NO_LOGIN])
    recorded(snapshot, snapshot, snapshot)
    assert Assessment.objects.count() == 3
    assert not Cause.objects.exists()
    assert not VerdictChange.objects.exists()


def test_a_page_costs_four_queries_and_reads_no_change_of_an_account() -> None:
    many = {f"account-{n:03}": "Workloads" for n in range(300)}
    newest = recorded(
        organization(many, [NO_LOGIN]),
        organization(many, [ELSEWHERE]),
        organization(many, [NO_LOGIN]),
        organization(many, [replace(NO_LOGIN, content=deny("iam:CreateLoginProfile"))]),
    )
    with CaptureQueriesContext(connection) as queries:
        found = changes(newest.organization, ChangeFilter())
    assert len(queries) == 4
    assert not any("policies_verdictchange" in one["sql"] for one in queries)
    assert [one.lines[0].accounts for one in found.entries] == [300, 300, 300]
    assert found.entries[0].lines[0].more == 297
    unit = UnitVersion.objects.get(name="Workloads").aws_id
    with CaptureQueriesContext(connection) as queries:
        below = changes(newest.organization, ChangeFilter(unit=unit))
    assert not any("policies_verdictchange" in one["sql"] for one in queries)
    assert below.entries == found.entries


def test_the_accounts_named_are_the_first_by_name_of_those_below_the_unit() -> None:
    names = [*("delta", "Alpha", "charlie", "bravo"), "echo"]
    places = {name: f"Workloads/{'Own' if name == 'echo' else 'Shared'}" for name in names}
    snapshot = organization(places, [NO_LOGIN])
    newest = recorded(snapshot, organization(places, [ELSEWHERE]))
    own = next(one.id for one in snapshot.units if one.name == "Own")
    for unit, accounts, first in (("", 5, ["Alpha", "bravo", "charlie"]), (own, 1, ["echo"])):
        (entry,) = entries(newest, unit=unit)
        (line,) = entry.lines
        assert line.accounts == accounts
        assert [one.name for one in line.examples] == first
        assert line.examples[0].id == account_id(snapshot, first[0])
