"""Storing a judged snapshot: all or nothing, only what changed, in few statements."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Crawl, Organization
from accounts.services import start_crawl
from accounts.snapshot import AccountState, OrganizationSnapshot
from accounts.snapshot_codec import digest
from policies import catalogue
from policies.analysis.guardrail import Parameters
from policies.analysis.posture import ENGINE_VERSION
from policies.models import (
    AccountVersion,
    Assessment,
    AttachmentVersion,
    PolicyVersion,
    Posture,
    UnitVersion,
    Verdict,
)
from policies.models.version import VersionQuerySet
from policies.services.recording import record
from tests.factories import (
    KEEP_S3_PRIVATE,
    MANAGEMENT,
    NO_LOGIN_PROFILES,
    Scp,
    account_id,
    deny,
    organization,
)

pytestmark = pytest.mark.django_db

LOGIN = "prevent-login-profiles"
PAYMENTS_AND_SANDBOX = {"payments": "Workloads/Payments", "sandbox": "Sandbox"}
NO_LOGIN_IN_WORKLOADS = Scp("No login profiles", NO_LOGIN_PROFILES, at=["Workloads"])


def recorded(snapshot: OrganizationSnapshot) -> Assessment:
    return record(start_crawl(), snapshot)


def status(account: str, guardrail: str = LOGIN) -> str:
    return now().get(name=account).posture.verdicts.get(guardrail=guardrail).status


def now() -> VersionQuerySet[AccountVersion]:
    return AccountVersion.objects.filter(until=None)


def written(statements: CaptureQueriesContext, table: str) -> list[str]:
    return [
        query["sql"]
        for query in statements.captured_queries
        if query["sql"].startswith(("INSERT", "UPDATE", "DELETE")) and f'"{table}"' in query["sql"]
    ]


def test_every_account_gets_a_verdict_for_every_guardrail() -> None:
    recorded(organization(PAYMENTS_AND_SANDBOX, [NO_LOGIN_IN_WORKLOADS]))
    assert status("payments") == "enforced"
    assert status("sandbox") == "missing"
    assert status("management") == "not_applicable"
    for row in now():
        found = {verdict.guardrail for verdict in row.posture.verdicts.all()}
        assert found == set(catalogue.GUARDRAIL_IDS)


def test_the_assessment_says_of_what_when_and_by_which_rules() -> None:
    snapshot = organization(PAYMENTS_AND_SANDBOX)
    crawl = start_crawl()
    parameters = Parameters(security_role="Security*")
    assessment = record(crawl, snapshot, parameters)
    assert assessment.taken_at == snapshot.taken_at
    assert assessment.engine_version == ENGINE_VERSION
    assert assessment.catalogue_digest == catalogue.digest()
    assert assessment.snapshot_digest == digest(snapshot)
    assert assessment.parameters["security_role"] == "Security*"
    crawl.refresh_from_db()
    assert crawl.state == Crawl.State.COMPLETED
    assert crawl.organization == assessment.organization


def test_totals_count_active_members_and_name_every_status() -> None:
    snapshot = organization(
        {"payments": "Workloads", "sandbox": "Sandbox", "closed": "Sandbox"},
        [NO_LOGIN_IN_WORKLOADS],
        states={"closed": AccountState.CLOSED},
    )
    assert recorded(snapshot).totals[LOGIN] == {
        "enforced": 1,
        "partial": 0,
        "missing": 1,
        "not_applicable": 1,
        "indeterminate": 0,
    }


def test_a_unit_knows_its_path_from_the_root() -> None:
    recorded(organization({"payments": "Workloads/Payments"}))
    root, workloads, payments = UnitVersion.objects.order_by("path")
    assert payments.path == f"{root.aws_id}/{workloads.aws_id}/{payments.aws_id}/"
    assert (payments.name, payments.display_path) == ("Payments", "Workloads / Payments")
    assert payments.parent_aws_id == workloads.aws_id
    assert (root.parent_aws_id, root.path, root.display_path) == ("", f"{root.aws_id}/", "Root")


def test_accounts_with_the_same_policies_above_them_share_one_posture() -> None:
    recorded(organization({f"account-{n}": "Workloads" for n in range(20)}))
    assert now().count() == 21
    assert Posture.objects.count() == 2, "that of the members and that of the management account"
    assert Verdict.objects.count() == 2 * len(catalogue.GUARDRAIL_IDS)


def test_a_crawl_that_finds_nothing_new_writes_no_version() -> None:
    snapshot = organization(PAYMENTS_AND_SANDBOX, [NO_LOGIN_IN_WORKLOADS])
    recorded(snapshot)
    with CaptureQueriesContext(connection) as statements:
        recorded(snapshot)
    for model in (Posture, UnitVersion, AccountVersion, PolicyVersion, AttachmentVersion):
        assert not written(statements, model._meta.db_table)


@pytest.mark.parametrize("key", ["aws:CurrentTime", "aws:EpochTime"])
def test_a_verdict_that_hangs_on_time_is_judged_again_where_nothing_else_changed(key: str) -> None:
    text = deny(
        "iam:ChangePassword",
        "iam:CreateLoginProfile",
        "iam:UpdateLoginProfile",
        "iam:UpdateAccountPasswordPolicy",
        Condition={"DateGreaterThan": {key: "2025-03-01T00:00:00Z"}},
    )
    from_march = Scp("No login profiles from March on", text, at=["Workloads"])
    before, after = (
        organization(
            {"payments": "Workloads"}, [from_march], taken_at=datetime(2025, month, 10, tzinfo=UTC)
        )
        for month in (2, 3)
    )
    assert digest(before) == digest(after)
    recorded(before)
    assert status("payments") == "partial"
    recorded(after)
    assert status("payments") == "enforced"


def test_only_the_accounts_that_changed_are_written() -> None:
    before = organization({**PAYMENTS_AND_SANDBOX, "orders": "Workloads"}, [NO_LOGIN_IN_WORKLOADS])
    recorded(before)
    rows = set(now().exclude(name="orders"))
    moved = organization({**PAYMENTS_AND_SANDBOX, "orders": "Sandbox"}, [NO_LOGIN_IN_WORKLOADS])
    with CaptureQueriesContext(connection) as statements:
        recorded(moved)
    assert status("orders") == "missing"
    assert status("payments") == "enforced"
    _, insert = written(statements, AccountVersion._meta.db_table)
    assert insert.startswith("INSERT")
    assert insert.count("), (") == 0, "one row"
    assert set(now().exclude(name="orders")) == rows


def test_postures_that_no_account_has_any_more_stay_for_the_history() -> None:
    before = recorded(organization(PAYMENTS_AND_SANDBOX, [NO_LOGIN_IN_WORKLOADS]))
    recorded(organization(PAYMENTS_AND_SANDBOX))
    assert status("payments") == "missing"
    former = AccountVersion.objects.at(before).get(name="payments").posture
    assert former.verdicts.get(guardrail=LOGIN).status == "enforced"


def test_versions_of_accounts_and_scps_that_are_gone_are_ended() -> None:
    recorded(
        organization(
            PAYMENTS_AND_SANDBOX,
            [NO_LOGIN_IN_WORKLOADS, Scp("Keep S3 private", KEEP_S3_PRIVATE, at=["sandbox"])],
        )
    )
    last = recorded(organization({"payments": "Workloads/Payments"}, [NO_LOGIN_IN_WORKLOADS]))
    assert set(now().values_list("name", flat=True)) == {"payments", "management"}
    assert {one.name for one in PolicyVersion.objects.at(last)} == {
        "FullAWSAccess",
        "No login profiles",
    }
    gone = PolicyVersion.objects.get(name="Keep S3 private")
    assert gone.until == last
    assert AttachmentVersion.objects.get(policy_aws_id=gone.aws_id).until == last


def test_a_policy_whose_text_changed_is_stored_anew_and_keeps_its_attachments() -> None:
    recorded(organization(PAYMENTS_AND_SANDBOX, [NO_LOGIN_IN_WORKLOADS]))
    first = PolicyVersion.objects.get(name="No login profiles")
    weaker = Scp("No login profiles", deny("iam:CreateLoginProfile"), at=["Workloads"])
    last = recorded(organization(PAYMENTS_AND_SANDBOX, [weaker]))
    policy = PolicyVersion.objects.at(last).get(name="No login profiles")
    assert policy.content == weaker.content
    assert AttachmentVersion.objects.get(policy_aws_id=first.aws_id).until is None
    assert status("payments") == "partial"


@pytest.mark.parametrize("again", [False, True], ids=["first crawl", "a later crawl"])
def test_the_number_of_statements_does_not_grow_with_the_accounts(again: bool) -> None:
    numbers = []
    for accounts in (10, 1_000):
        Organization.objects.all().delete()
        before = {f"account-{n}": "Workloads" for n in range(accounts)}
        if again:
            recorded(organization(before, [NO_LOGIN_IN_WORKLOADS]))
            # Everything changes: names, units, attachments, verdicts.
            before = {f"renamed-{n}": "Sandbox" for n in range(accounts)}
        snapshot = organization(before, [Scp("Own", KEEP_S3_PRIVATE, at=list(before))])
        with CaptureQueriesContext(connection) as statements:
            recorded(snapshot)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]
    assert numbers[1] < 60


def test_an_error_in_the_middle_leaves_everything_as_it_was() -> None:
    before = organization(PAYMENTS_AND_SANDBOX, [NO_LOGIN_IN_WORKLOADS])
    recorded(before)
    # A name longer than AWS allows passes the snapshot's rules and not the database's; by
    # then units and accounts have been written.
    broken = Scp("n" * 200, KEEP_S3_PRIVATE)
    renamed = organization({"renamed": "Elsewhere"}, [broken])
    crawl = start_crawl()
    with pytest.raises(DatabaseError):
        record(crawl, renamed)
    assert_unchanged(before)


def test_an_error_at_the_very_end_leaves_everything_as_it_was() -> None:
    before = organization(PAYMENTS_AND_SANDBOX, [NO_LOGIN_IN_WORKLOADS])
    crawl = start_crawl()
    record(crawl, before)
    # A crawl has one assessment: the second is refused when all else has been written.
    with pytest.raises(DatabaseError):
        record(crawl, organization({"renamed": "Elsewhere"}))
    assert_unchanged(before)


def assert_unchanged(before: OrganizationSnapshot) -> None:
    names = {account.name for account in before.accounts}
    assert set(now().values_list("name", flat=True)) == names
    assert Assessment.objects.count() == 1
    assert Organization.objects.get().taken_at == before.taken_at
    assert status("payments") == "enforced"
    assert status("sandbox") == "missing"


def test_a_policy_that_was_not_read_is_stored_without_text() -> None:
    snapshot = organization()
    unread = replace(snapshot.policies[0], id="p-unread", name="Retired", content=None)
    recorded(replace(snapshot, policies=(*snapshot.policies, unread)))
    assert PolicyVersion.objects.get(aws_id="p-unread").content is None


@pytest.mark.parametrize("odd", ["\\u0000", "\\ud800"])
def test_what_postgres_cannot_hold_does_not_stop_a_crawl(odd: str) -> None:
    """JSON may escape a NUL or half a character; a policy may quote it, and a verdict too."""
    content = deny("iam:CreateLoginProfile", resource="arn:aws:iam::*:user/ODD").replace("ODD", odd)
    recorded(organization(PAYMENTS_AND_SANDBOX, [Scp("Odd", content, at=["Sandbox"])]))
    assert status("sandbox") in {"partial", "missing", "indeterminate"}


def test_the_management_account_is_listed_under_its_own_posture() -> None:
    snapshot = organization(PAYMENTS_AND_SANDBOX)
    recorded(snapshot)
    management = now().get(aws_id=MANAGEMENT)
    member = now().get(aws_id=account_id(snapshot, "payments"))
    assert management.posture_id != member.posture_id
