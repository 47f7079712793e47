"""One account: its path with the SCPs of each level, and its verdicts in its own name."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.services import start_crawl
from accounts.snapshot import OrganizationSnapshot
from policies import catalogue
from policies.analysis.marks import ACCOUNT_MARK
from policies.analysis.verdict import Status
from policies.models import AccountVersion
from policies.selectors.account_detail import AccountDetail, account_detail
from policies.selectors.verdict_cards import VerdictCard
from policies.services.recording import record
from tests.factories import MANAGEMENT, NO_LOGIN_PROFILES, Scp, account_id, deny, organization

pytestmark = pytest.mark.django_db

LOGIN = "prevent-login-profiles"


def detail(snapshot: OrganizationSnapshot, account: str) -> AccountDetail:
    stored = record(start_crawl(), snapshot)
    return account_detail(stored, account_id(snapshot, account))


def card(found: AccountDetail, guardrail: str) -> VerdictCard:
    return next(one for one in found.verdicts if one.guardrail.id == guardrail)


def test_the_path_leads_from_the_root_to_the_account_with_the_scps_of_each_level() -> None:
    found = detail(
        organization(
            {"payments": "Workloads/Payments", "sandbox": "Sandbox"},
            [
                Scp("On the OU", NO_LOGIN_PROFILES, at=["Workloads"]),
                Scp("On the account", deny("ec2:*"), at=["payments"]),
                Scp("Elsewhere", deny("ec2:*"), at=["Sandbox"]),
            ],
        ),
        "payments",
    )
    assert [
        (level.kind, level.name, [policy.name for policy in level.policies])
        for level in found.levels
    ] == [
        ("Root", "Root", ["FullAWSAccess"]),
        ("OU", "Workloads", ["FullAWSAccess", "On the OU"]),
        ("OU", "Payments", ["FullAWSAccess"]),
        ("Account", "payments", ["FullAWSAccess", "On the account"]),
    ]


def test_evidence_names_policy_statement_and_level_and_the_path_names_the_guardrail() -> None:
    found = detail(
        organization(
            {"payments": "Workloads"}, [Scp("No logins", NO_LOGIN_PROFILES, at=["Workloads"])]
        ),
        "payments",
    )
    login = card(found, LOGIN)
    assert login.status is Status.ENFORCED
    assert login.closed_actions
    assert not login.witnesses
    line = login.evidence[0]
    assert (line.policy_name, line.statement, line.sid) == ("No logins", 0, "NoLoginProfiles")
    assert (line.target_name, line.effect) == ("Workloads", "Deny")
    workloads = found.levels[1]
    (policy,) = [one for one in workloads.policies if one.id == line.policy_id]
    assert [one.id for one in policy.decides] == [LOGIN]


def test_a_witness_is_a_request_in_this_very_account() -> None:
    snapshot = organization({"payments": "Workloads", "orders": "Workloads"})
    found = detail(snapshot, "orders")
    login = card(found, LOGIN)
    assert login.status is Status.MISSING
    for witness in login.witnesses:
        assert f":{account_id(snapshot, 'orders')}:" in witness["principal_arn"]
    written = json.dumps([login.reason, *login.witnesses, *login.notes], ensure_ascii=False)
    assert ACCOUNT_MARK not in written


def test_verdicts_stand_in_the_order_of_the_catalogue() -> None:
    found = detail(organization(), "payments")
    assert [one.guardrail.id for one in found.verdicts] == list(catalogue.GUARDRAIL_IDS)


def test_the_management_account_has_its_path_and_no_verdict_applies() -> None:
    found = detail(organization(), "management")
    assert found.is_management
    assert found.account.aws_id == MANAGEMENT
    assert [level.kind for level in found.levels] == ["Root", "Account"]
    assert {one.status for one in found.verdicts} == {Status.NOT_APPLICABLE}


def test_an_account_of_no_organization_does_not_exist() -> None:
    stored = record(start_crawl(), organization())
    with pytest.raises(AccountVersion.DoesNotExist):
        account_detail(stored, "123123123123")


@pytest.mark.parametrize("path", ["", "A", "A/B/C/D/E"])
def test_the_length_of_the_path_costs_no_query(path: str) -> None:
    at = list(dict.fromkeys(["", path]))
    scps = [Scp(f"Number {n}", deny(f"service{n}:*"), at=at) for n in range(8)]
    # Its text is shown, since it decides.
    scps.append(Scp("No logins", NO_LOGIN_PROFILES))
    snapshot = organization({"payments": path}, scps)
    stored = record(start_crawl(), snapshot)
    with CaptureQueriesContext(connection) as queries:
        account_detail(stored, account_id(snapshot, "payments"))
    assert len(queries) == 6
