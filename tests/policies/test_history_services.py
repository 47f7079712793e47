"""Parameters, judging again, what a dead worker left behind, and forgetting."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.auditing import Actor
from accounts.models import AuditEntry, Crawl, UnjudgedSnapshot
from accounts.services import keep_unjudged, start_crawl
from accounts.snapshot_codec import digest
from policies import tasks
from policies.analysis.guardrail import Parameters
from policies.analysis.verdict import Status
from policies.models import (
    AccountVersion,
    Assessment,
    Cause,
    ChangeTotal,
    ParametersChange,
    Posture,
    UnitTotal,
    UnitVersion,
    Verdict,
    VerdictChange,
)
from policies.selectors.changes import ChangeFilter, changes
from policies.selectors.headings import headings
from policies.selectors.parameters import parameters_of
from policies.selectors.snapshots import snapshot_at
from policies.selectors.standing import NothingKnown, assessment_at, standing
from policies.services import crawling, recording
from policies.services.forgetting import forget
from policies.services.parameters import WouldChange, change_parameters, preview_parameters
from policies.services.recording import record
from tests.factories import NO_LOGIN_PROFILES, TAKEN_AT, Scp, account_id, deny, organization

pytestmark = pytest.mark.django_db

ACCOUNTS = {"payments": "Workloads", "sandbox": "Sandbox"}
NO_LEAVING = Scp("No leaving", deny("organizations:LeaveOrganization"))
LEAVE = Parameters(organizations_scope="leave")
ORGANIZATIONS = "prevent-organizations-actions"


def statuses(assessment: Assessment, guardrail: str = ORGANIZATIONS) -> dict[str, str]:
    return dict(
        AccountVersion.objects.at(assessment)
        .filter(posture__verdicts__guardrail=guardrail)
        .values_list("name", "posture__verdicts__status")
    )


def test_an_organization_has_the_default_parameters_until_somebody_changes_them() -> None:
    stored = record(start_crawl(), organization()).organization
    assert parameters_of(stored) == Parameters()
    assert change_parameters(stored, LEAVE, Actor("ada"))
    assert parameters_of(stored) == LEAVE
    row = ParametersChange.objects.get()
    assert (timezone.now() - row.changed_at) < timedelta(minutes=1)
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.kind, entry.action) == ("ada", "parameters", "changed")
    assert entry.before == {"organizations_scope": "all"}
    assert entry.after == {"organizations_scope": "leave"}


def test_parameters_that_are_set_already_change_nothing() -> None:
    stored = record(start_crawl(), organization()).organization
    assert not change_parameters(stored, Parameters(), Actor("ada"))
    assert not ParametersChange.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_preview_says_what_would_change_and_stores_nothing() -> None:
    snapshot = organization(ACCOUNTS, [NO_LEAVING])
    assessment = record(start_crawl(), snapshot)
    ids = tuple(sorted(account_id(snapshot, name) for name in ACCOUNTS))
    assert headings()[-1].id == ORGANIZATIONS
    assert preview_parameters(assessment, LEAVE) == [
        WouldChange(headings()[-1], Status.PARTIAL, Status.ENFORCED, ids)
    ]
    assert preview_parameters(assessment, Parameters()) == []
    assert set(statuses(assessment).values()) == {"partial", "not_applicable"}
    assert Assessment.objects.count() == 1


def test_judging_again_by_other_parameters_is_an_assessment_without_a_crawl() -> None:
    snapshot = organization(ACCOUNTS, [NO_LEAVING])
    before = record(start_crawl(), snapshot)
    change_parameters(before.organization, LEAVE, Actor("ada"))
    again = crawling.reassess_organization(before.organization)
    assert again is not None
    assert again.crawl is None
    assert again.taken_at == snapshot.taken_at
    assert again.since > before.since
    assert statuses(again)["payments"] == "enforced"
    assert statuses(before)["payments"] == "partial"
    assert standing().assessment == again
    (entry,) = changes(before.organization, ChangeFilter()).entries
    assert not entry.in_aws
    assert entry.improvements == 2


def test_judging_again_by_the_same_rules_adds_nothing() -> None:
    stored = record(start_crawl(), organization()).organization
    assert crawling.reassess_organization(stored) is None
    assert Assessment.objects.count() == 1


def test_the_worker_judges_again_and_the_next_crawl_finds_it_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    snapshot = organization(ACCOUNTS)
    stored = record(start_crawl(), snapshot).organization
    monkeypatch.setattr(recording, "ENGINE_VERSION", "2 of the test")
    tasks.reassess_organization.apply(args=(stored.pk,), throw=True)
    assert Assessment.objects.count() == 2
    later = record(start_crawl(), replace(snapshot, taken_at=TAKEN_AT + timedelta(hours=1)))
    assert later.engine_version == "2 of the test"
    assert Assessment.objects.count() == 3
    assert Cause.objects.count() == 1


def test_what_a_dead_worker_had_read_is_judged_by_the_next_and_only_once() -> None:
    record(start_crawl(), organization(ACCOUNTS))
    dead = start_crawl()
    dead.calls = {"ListAccounts": 1}
    snapshot = replace(organization(ACCOUNTS, [NO_LEAVING]), taken_at=TAKEN_AT + timedelta(hours=1))
    keep_unjudged(dead, snapshot)
    stored = Assessment.objects.get().organization
    assert crawling.reassess_organization(stored) is None, "the rules are the same"
    dead.refresh_from_db()
    assert dead.state == Crawl.State.COMPLETED
    assert dead.calls == {"ListAccounts": 1}
    assert dead.assessment.taken_at == snapshot.taken_at
    assert digest(snapshot_at(dead.assessment)) == digest(snapshot)
    assert not UnjudgedSnapshot.objects.exists()
    crawling.reassess_organization(stored)
    assert Assessment.objects.count() == 2


def test_what_cannot_be_judged_fails_its_crawl_and_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored = record(start_crawl(), organization(ACCOUNTS)).organization
    dead = start_crawl()
    # A name longer than AWS allows passes the snapshot's rules and not the database's.
    keep_unjudged(dead, organization(ACCOUNTS, [Scp("n" * 200, NO_LOGIN_PROFILES)]))
    assert crawling.reassess_organization(stored) is None
    dead.refresh_from_db()
    assert dead.state == Crawl.State.FAILED
    assert "DataError" in dead.error
    assert not UnjudgedSnapshot.objects.exists()
    assert Assessment.objects.count() == 1


def test_forgetting_leaves_what_held_then_and_every_total() -> None:
    weaker = Scp("No login", deny("iam:CreateLoginProfile"), at=["Workloads"])
    days = [
        organization({**ACCOUNTS, "gone": "Old"}),
        organization(ACCOUNTS, [replace(weaker, content=NO_LOGIN_PROFILES)]),
        organization(ACCOUNTS, [weaker]),
        organization({**ACCOUNTS, "payments": "Sandbox"}, [weaker]),
    ]
    assessments = [
        record(start_crawl(), replace(day, taken_at=TAKEN_AT + timedelta(days=number)))
        for number, day in enumerate(days)
    ]
    totals = UnitTotal.objects.count()
    stored = assessments[0].organization
    assert forget(stored, TAKEN_AT + timedelta(days=2, hours=1)) > 0
    for number in (2, 3):
        moment = TAKEN_AT + timedelta(days=number, hours=1)
        assert digest(snapshot_at(assessment_at(stored, moment))) == digest(days[number])
    with pytest.raises(NothingKnown, match="reaches back to 25 Nov 2026"):
        assessment_at(stored, TAKEN_AT + timedelta(days=1))
    assert Assessment.objects.count() == 4
    assert UnitTotal.objects.count() == totals
    assert not UnitVersion.objects.filter(name="Old").exists()
    assert set(VerdictChange.objects.values_list("assessment", flat=True)) == {assessments[3].pk}
    told = ChangeTotal.objects.values_list("cause__assessment", flat=True)
    assert set(told) == {assessments[3].pk}
    used = AccountVersion.objects.values("posture")
    assert not Posture.objects.exclude(pk__in=used).exists()
    assert Verdict.objects.filter(posture__in=used).exists()
    assert forget(stored, TAKEN_AT + timedelta(days=2, hours=1)) == 0, "once is enough"


def test_the_clock_forgets_what_is_older_than_the_setting(settings: object) -> None:
    settings.HISTORY_DAYS = 7  # type: ignore[attr-defined]
    now = timezone.now()
    for age, accounts in ((30, {"gone": ""}), (20, ACCOUNTS), (1, {"payments": "Workloads"})):
        record(start_crawl(), replace(organization(accounts), taken_at=now - timedelta(days=age)))
    tasks.forget_history.apply(throw=True)
    assert [one.kept for one in Assessment.objects.order_by("pk")] == [False, True, True]
    assert not AccountVersion.objects.filter(name="gone").exists()
    assert AccountVersion.objects.filter(name="sandbox").exists(), "it was there seven days ago"
