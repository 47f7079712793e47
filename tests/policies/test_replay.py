"""A year of an invented organization, asked back from the history and judged from scratch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.auditing import PORTAL
from accounts.models import Organization
from accounts.services import start_crawl
from accounts.snapshot import OrganizationSnapshot
from accounts.snapshot_codec import digest
from policies import catalogue
from policies.analysis.posture import assess
from policies.analysis.verdict import Status
from policies.models import (
    AccountVersion,
    Assessment,
    ChangeTotal,
    UnitPosture,
    UnitTotal,
    Verdict,
    VerdictChange,
)
from policies.selectors.exposure import Exposure, exposure, exposure_totals
from policies.selectors.snapshots import snapshot_at
from policies.selectors.standing import assessment_at
from policies.selectors.trends import trends
from policies.services.parameters import change_parameters
from policies.services.recording import record
from policies.totals import Totals, unit_totals
from tests.policies.replay import Replay

pytestmark = pytest.mark.django_db

# In every run, and in those of CI: there by `-m year`.
DAYS, YEAR = 40, 365
# Verdicts, as `Verdict.to_json` gives them, by account and guardrail.
Verdicts = Mapping[tuple[str, str], Mapping[str, Any]]

# Between two moments at which an account came or went, as many as had come by the first.
COUNTED = """
WITH steps AS (
    SELECT organization_id, unit_id, posture_id, state, lacking, at, sum(step) AS step
    FROM (
        SELECT organization_id, unit_id, posture_id, state, lacking, since_id AS at, 1 AS step
        FROM policies_accountversion
        UNION ALL
        SELECT organization_id, unit_id, posture_id, state, lacking, until_id, -1
        FROM policies_accountversion WHERE until_id IS NOT NULL
    ) AS edges
    GROUP BY organization_id, unit_id, posture_id, state, lacking, at
    HAVING sum(step) <> 0
), counts AS (
    SELECT *, lead(at) OVER in_time AS until, sum(step) OVER in_time AS accounts
    FROM steps
    WINDOW in_time AS (PARTITION BY unit_id, posture_id, state ORDER BY at)
)
SELECT organization_id, unit_id, posture_id, state, lacking, accounts::int, at, until
FROM counts WHERE accounts > 0
"""


@dataclass(frozen=True)
class Day:
    done: str
    snapshot: OrganizationSnapshot
    verdicts: Verdicts
    totals: Mapping[str, Totals]


def from_scratch(replay: Replay, done: str, snapshot: OrganizationSnapshot) -> Day:
    judged = assess(snapshot, catalogue.guardrails(replay.parameters))
    verdicts = {
        (account, verdict["guardrail"]): verdict
        for one in judged
        # Shared by the accounts, or a year would not fit into memory.
        for verdict in [verdict.to_json() for verdict in one.verdicts]
        for account in one.account_ids
    }
    return Day(done, snapshot, verdicts, unit_totals(snapshot, judged))


def lived(replay: Replay, days: int, acts: int = 1) -> list[Day]:
    """Record each day as the clock would, and judge it from scratch beside."""
    found = []
    for done, snapshot in replay.days(days, acts):
        organization = Organization.objects.filter(aws_id=snapshot.organization.id).first()
        if organization:
            change_parameters(organization, replay.parameters, PORTAL)
        record(start_crawl(), snapshot)
        found.append(from_scratch(replay, done, snapshot))
    return found


def stored(assessment: Assessment) -> Verdicts:
    accounts: dict[int, list[str]] = {}
    for posture, account in AccountVersion.objects.at(assessment).values_list("posture", "aws_id"):
        accounts.setdefault(posture, []).append(account)
    return {
        (account, verdict.guardrail): whole
        for verdict in Verdict.objects.filter(posture__in=accounts)
        for whole in [
            {
                "guardrail": verdict.guardrail,
                "status": verdict.status,
                "reason": verdict.reason,
                **verdict.detail,
            }
        ]
        for account in accounts[verdict.posture_id]
    }


def stored_totals(assessment: Assessment) -> Mapping[str, Totals]:
    found: dict[str, dict[str, dict[str, int]]] = {}
    for row in UnitTotal.objects.at(assessment):
        counts = {status.value: getattr(row, status.value) for status in Status}
        found.setdefault(row.unit_aws_id, {})[row.guardrail] = counts
    return found


def assert_alike_are_counted(assessment: Assessment) -> None:
    by = ("unit", "posture", "state", "lacking")
    counted = UnitPosture.objects.at(assessment).values_list(*by, "accounts")
    assert {tuple(row): number for *row, number in counted} == Counter(
        AccountVersion.objects.at(assessment).values_list(*by)
    )


def assert_history_is(days: list[Day]) -> None:
    """Everything that can be asked of each day is what judging it from scratch gives."""
    organization = Organization.objects.get()
    for day in days:
        assessment = assessment_at(organization, day.snapshot.taken_at)
        assert digest(snapshot_at(assessment)) == digest(day.snapshot), day.done
        assert stored(assessment) == day.verdicts, day.done
        assert stored_totals(assessment) == day.totals, day.done
        assert_alike_are_counted(assessment)


def assert_changes_lead_from_day_to_day(days: list[Day]) -> None:
    """Added up from the first day on, the rows of change give the statuses of each day."""
    statuses = {key: verdict["status"] for key, verdict in days[0].verdicts.items()}
    changes: dict[datetime, list[VerdictChange]] = {}
    for change in VerdictChange.objects.select_related(
        "assessment", "account", "before", "after", "cause"
    ).order_by("pk"):
        changes.setdefault(change.assessment.since, []).append(change)
    for day in days:
        for change in changes.pop(day.snapshot.taken_at, []):
            key = (change.account.aws_id, change.guardrail)
            assert statuses.get(key) == (change.before.status if change.before else None)
            assert change.cause.events, day.done
            if change.after:
                statuses[key] = change.after.status
            else:
                del statuses[key]
        assert statuses == {key: one["status"] for key, one in day.verdicts.items()}, day.done
    assert not changes


def assert_changes_are_counted() -> None:
    """Of everybody, and of each OU that an account was below then, or right before."""
    versions = AccountVersion.objects.exclude(until=None)
    former = {
        (aws_id, until): path
        for aws_id, until, path in versions.values_list("aws_id", "until", "unit__path")
    }
    counted: Counter[tuple[str, ...]] = Counter()
    for change in VerdictChange.objects.select_related("account__unit", "before", "after"):
        account = change.account
        path = account.unit.path + former.get((account.aws_id, change.assessment_id), "")
        units = {one for one in path.split("/") if not one.startswith("r-")}
        statuses = (one.status if one else "" for one in (change.before, change.after))
        kind = (str(change.cause_id), change.guardrail, *statuses, change.direction)
        counted.update((unit, *kind) for unit in units | {""})
    by = ("unit_aws_id", "cause", "guardrail", "before", "after", "direction", "accounts")
    stored = {
        tuple(map(str, kind)): number for *kind, number in ChangeTotal.objects.values_list(*by)
    }
    assert stored == counted


def assert_times_exposed_add_up(days: list[Day]) -> None:
    """That of each account from its versions, day by day, and the totals' are one."""
    organization = Organization.objects.get()
    start, end = days[len(days) // 3].snapshot.taken_at, days[-1].snapshot.taken_at
    lacked: Counter[tuple[str, str]] = Counter()
    for day in days:
        for (account, guardrail), verdict in day.verdicts.items():
            counted = account in day.snapshot.counted_account_ids
            if start <= day.snapshot.taken_at < end and counted:
                lacked[account, guardrail] += Status(verdict["status"]).lacking
    accounts = {account for account, _ in lacked}
    totals: Counter[str] = Counter()
    for (_, guardrail), number in lacked.items():
        totals[guardrail] += number
    assert exposure_totals(organization, start, end) == {
        guardrail: timedelta(days=number) for guardrail, number in totals.items()
    }
    assert_lacking_since(days, exposure(organization, accounts, end), lacked)


def assert_lacking_since(
    days: list[Day],
    found: Mapping[tuple[str, str], Exposure],
    lacked: Iterable[tuple[str, str]],
) -> None:
    """Back from the day before the last: each day on which it lacked and was counted."""
    for key in lacked:
        since = None
        for day in reversed(days[:-1]):
            verdict = day.verdicts.get(key)
            counted = key[0] in day.snapshot.counted_account_ids
            if verdict is None or not counted or not Status(verdict["status"]).lacking:
                break
            since = day.snapshot.taken_at
        begins = since == days[0].snapshot.taken_at
        assert found.get(key) == (since and Exposure(since, from_the_beginning=begins)), key


def assert_counts_below_units_are_those_of_the_accounts() -> None:
    """What is stored a difference at a time is what PostgreSQL counts over the whole history."""
    columns = ("organization", "unit", "posture", "state", "lacking", "accounts", "since", "until")
    with connection.cursor() as cursor:
        cursor.execute(COUNTED)
        counted = set(cursor.fetchall())
    assert set(UnitPosture.objects.values_list(*columns)) == counted


def assert_trends_are(days: list[Day]) -> None:
    """A point a day, of the organization and below each unit of the last day."""
    organization = Organization.objects.get()
    end = days[-1].snapshot.taken_at
    for unit in ("", *(unit.id for unit in days[-1].snapshot.units)):
        for trend in trends(organization, end, 30, unit):
            expected = [
                (day.snapshot.taken_at, counts["enforced"])
                for day in days[-31:]
                for id, totals in day.totals.items()
                if id == (unit or "r-ab12")
                for guardrail, counts in totals.items()
                if guardrail == trend.guardrail.id
            ]
            assert [(point.at, point.enforced) for point in trend.points] == expected


@pytest.mark.parametrize("number", [DAYS, pytest.param(YEAR, marks=pytest.mark.year)])
def test_days_are_told_as_judging_each_from_scratch_tells_them(number: int) -> None:
    days = lived(Replay(seed=11, accounts=30), number)
    assert len({day.done for day in days}) > 10, "too little happened"
    assert_history_is(days)
    assert_changes_lead_from_day_to_day(days)
    assert_changes_are_counted()
    assert_times_exposed_add_up(days)
    assert_trends_are(days)
    assert_counts_below_units_are_those_of_the_accounts()


def test_days_on_which_much_happens_at_once_are_told_too() -> None:
    days = lived(Replay(seed=12, accounts=25), days=12, acts=12)
    assert_history_is(days)
    assert_changes_lead_from_day_to_day(days)
    assert_changes_are_counted()
