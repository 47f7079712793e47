"""Whole organizations, as a security engineer would tell them.

Each file in `tests/scenarios/organizations` has a title; why the verdicts are what they
are; the traps of `tests/scenarios/README.md` that it sets; the SCPs by name, `FullAWSAccess` beside
them; the tree from the root down, each unit and account with the SCPs attached to it; and
by account id the status that is expected, with what the reason must say. Units get their
ids in the order in which they are written: `ou-ab12-00000001` and so on.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from accounts.snapshot import (
    Account,
    AccountState,
    Attachment,
    Organization,
    OrganizationSnapshot,
    Policy,
    PolicyTypeStatus,
    Unit,
)
from accounts.snapshot_codec import build
from policies import catalogue
from policies.analysis.posture import assess
from tests.policies.analysis.scenarios import scenarios
from tests.policies.analysis.universe import FULL_ACCESS

SCENARIOS = scenarios("organizations")


def snapshot_of(scenario: dict[str, Any]) -> OrganizationSnapshot:
    contents = {name: json.dumps(one) for name, one in scenario["policies"].items()}
    ids = {name: f"p-{index:08}" for index, name in enumerate(["FullAWSAccess", *contents])}
    units, accounts, attachments = [], [], []
    for unit_id, parent_id, unit in _units(scenario["root"], None, itertools.count(1)):
        units.append(Unit(unit_id, unit["name"], parent_id))
        attachments += [Attachment(ids[one], unit_id) for one in unit["scps"]]
        for one in unit["accounts"]:
            state, email = AccountState(one["state"]), f"{one['id']}@example.com"
            accounts.append(Account(one["id"], one["name"], email, state, unit_id))
            attachments += [Attachment(ids[name], one["id"]) for name in one["scps"]]
    return build(
        taken_at=datetime.fromisoformat(scenario.get("taken_at", "2026-01-01T00:00:00Z")),
        organization=Organization(
            "o-exampleorg1",
            scenario.get("partition", "aws"),
            "111111111111",
            scenario.get("feature_set", "ALL"),
        ),
        scp_status=PolicyTypeStatus(scenario.get("scp_status", "ENABLED")),
        units=units,
        accounts=accounts,
        policies=[
            Policy(
                ids[name], name, "SERVICE_CONTROL_POLICY", False, contents.get(name, FULL_ACCESS)
            )
            for name in ids
        ],
        attachments=attachments,
    )


def _units(
    unit: dict[str, Any], parent_id: str | None, numbers: Iterator[int]
) -> Iterator[tuple[str, str | None, dict[str, Any]]]:
    unit_id = "r-ab12" if parent_id is None else f"ou-ab12-{next(numbers):08}"
    yield unit_id, parent_id, unit
    for one in unit["units"]:
        yield from _units(one, unit_id, numbers)


@pytest.mark.parametrize("name", SCENARIOS)
def test_each_account_has_the_expected_verdict(name: str) -> None:
    scenario = SCENARIOS[name]
    guardrails = catalogue.guardrails(ids=[scenario["guardrail"]])
    verdicts = {
        id: judged.for_account(id)[0]
        for judged in assess(snapshot_of(scenario), guardrails)
        for id in judged.account_ids
    }
    expected = scenario["expected"]
    assert {id: verdicts[id].status for id in expected} == expected
    for id, said in scenario.get("reason_says", {}).items():
        assert said in verdicts[id].reason
