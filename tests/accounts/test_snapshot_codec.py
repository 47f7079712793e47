"""The snapshot's file format: what is written can be read, and what is wrong is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from accounts.snapshot_codec import SnapshotError, build, digest, dumps, loads

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "snapshot.schema.json").read_text(encoding="utf-8")
)
# One for all examples: `jsonschema.validate` would look at the schema itself each time.
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
VALID: dict[str, Any] = {
    "format": "guardrails-portal/organization-snapshot",
    "version": 1,
    "taken_at": "2026-11-23T10:00:00Z",
    "organization": {
        "id": "o-exampleorg1",
        "partition": "aws",
        "management_account_id": "111111111111",
        "feature_set": "ALL",
    },
    "policy_types": [{"type": "SERVICE_CONTROL_POLICY", "status": "ENABLED"}],
    "units": [
        {"id": "r-ab12", "name": "Root", "parent_id": None},
        {"id": "ou-ab12-11111111", "name": "Workloads", "parent_id": "r-ab12"},
    ],
    "accounts": [
        {
            "id": "222222222222",
            "name": "payments",
            "email": "payments@example.com",
            "state": "ACTIVE",
            "parent_id": "ou-ab12-11111111",
        }
    ],
    "policies": [
        {
            "id": "p-abcdefgh",
            "name": "Protect CloudTrail",
            "type": "SERVICE_CONTROL_POLICY",
            "aws_managed": False,
            "content": '{"Version": "2012-10-17"}',
        }
    ],
    "attachments": [{"policy_id": "p-abcdefgh", "target_id": "r-ab12"}],
}


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    document = json.loads(json.dumps(VALID))
    change(document)
    return json.dumps(document)


def test_the_documented_example_is_read() -> None:
    snapshot = loads(json.dumps(VALID))
    assert snapshot.scps_in_force
    assert snapshot.accounts[0].state is AccountState.ACTIVE
    assert snapshot.policies[0].content == '{"Version": "2012-10-17"}'
    assert snapshot.taken_at == datetime(2026, 11, 23, 10, tzinfo=UTC)


def test_unknown_keys_are_ignored() -> None:
    assert loads(changed(lambda one: one["accounts"][0].update(colour="red"))) == loads(
        json.dumps(VALID)
    )


def test_a_policy_may_be_an_object() -> None:
    text = changed(lambda one: one["policies"][0].update(content={"Version": "2012-10-17"}))
    assert loads(text).policies[0].content == '{"Version": "2012-10-17"}'


def test_a_policy_type_that_is_not_named_is_disabled() -> None:
    snapshot = loads(changed(lambda one: one.update(policy_types=[])))
    assert snapshot.scp_status is PolicyTypeStatus.DISABLED
    assert not snapshot.scps_in_force


# What is changed, and the sentence it must lead to. Those of the second list are beyond
# what a schema can tell.
SHAPES: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda one: one.update(format="x"), 'format: must be "guardrails-portal/organization-snapsh'),
    (lambda one: one.update(version=2), "version: must be 1, not 2"),
    (lambda one: one.update(version=True), "version: must be 1, not true"),
    (lambda one: one.pop("taken_at"), "taken_at: is missing"),
    (lambda one: one.pop("policy_types"), "policy_types: is missing"),
    (lambda one: one.update(organization=[]), "organization: must be an object"),
    (lambda one: one["organization"].pop("partition"), "organization.partition: is missing"),
    (
        lambda one: one["organization"].update(management_account_id="12"),
        'organization.management_account_id: "12" is not an account id of 12 digits',
    ),
    (lambda one: one.update(accounts={}), "accounts: must be a list"),
    (lambda one: one["accounts"].append(3), "accounts[1]: must be an object"),
    (lambda one: one["accounts"][0].update(name=5), "accounts[0].name: must be a text, not 5"),
    (
        lambda one: one["accounts"][0].update(state="FOO"),
        'accounts[0].state: "FOO" is not one of PENDING_ACTIVATION, ACTIVE, SUSPENDED',
    ),
    (
        lambda one: one["policies"][0].update(aws_managed="no"),
        'policies[0].aws_managed: must be true or false, not "no"',
    ),
    (lambda one: one["policies"][0].update(content=7), "policies[0].content: must be a text"),
    (lambda one: one["units"][0].pop("parent_id"), "units[0].parent_id: is missing"),
    (
        lambda one: one["policy_types"][0].update(status="ON"),
        'policy_types[0].status: "ON" is not one of ENABLED',
    ),
]
RULES: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda one: one.update(taken_at="yesterday"), 'taken_at: "yesterday" is not an ISO 8601 time'),
    (
        lambda one: one.update(taken_at="2026-11-23T10:00:00"),
        'taken_at: "2026-11-23T10:00:00" names no time zone',
    ),
    (
        lambda one: one["accounts"][0].update(name="a\0b"),
        "accounts[0].name: holds a character that no name",
    ),
    (
        lambda one: one["units"][1].update(parent_id=None),
        "units: exactly one must be the root, without a parent; 2 are",
    ),
    (
        lambda one: one["units"][1].update(parent_id="ou-x"),
        'units: "ou-ab12-11111111" has parent "ou-x", which is not in units',
    ),
    (
        lambda one: one["units"][1].update(parent_id="ou-ab12-11111111"),
        "units: some do not hang from the root: their parents form a circle",
    ),
    (
        lambda one: one["accounts"][0].update(parent_id="ou-x"),
        'accounts: "222222222222" has parent "ou-x", which is not in units',
    ),
    (lambda one: one["accounts"].append(one["accounts"][0]), 'accounts: "222222222222" is listed'),
    (lambda one: one["policies"].append(one["policies"][0]), 'policies: "p-abcdefgh" is listed'),
    (lambda one: one["units"].append(one["units"][1]), 'units: "ou-ab12-11111111" is listed twice'),
    (
        lambda one: one["attachments"].append(one["attachments"][0]),
        'attachments: "p-abcdefgh on r-ab12" is listed twice',
    ),
    (
        lambda one: one["attachments"][0].update(policy_id="p-x"),
        'attachments: policy "p-x" is not in policies',
    ),
    (
        lambda one: one["attachments"][0].update(target_id="ou-x"),
        'attachments: target "ou-x" is neither in units nor in accounts',
    ),
    (
        lambda one: one["policies"][0].update(content=None),
        'attachments: policy "p-abcdefgh" has no content in policies',
    ),
]


@pytest.mark.parametrize(("change", "sentence"), SHAPES + RULES)
def test_what_is_wrong_is_named_with_its_place(
    change: Callable[[dict[str, Any]], object], sentence: str
) -> None:
    with pytest.raises(SnapshotError) as refused:
        loads(changed(change))
    assert str(refused.value).startswith(sentence)
    assert "\n" not in str(refused.value)


def test_a_snapshot_of_a_time_that_is_yet_to_come_is_refused() -> None:
    # Judged by it, a Deny that begins in between would count as if it held already.
    now = datetime.now(UTC)
    loads(changed(lambda one: one.update(taken_at=now.isoformat())))
    tomorrow = (now + timedelta(days=1)).isoformat()
    with pytest.raises(SnapshotError, match="is yet to come; say when AWS was read"):
        loads(changed(lambda one: one.update(taken_at=tomorrow)))


@pytest.mark.parametrize(("change", "_sentence"), SHAPES)
def test_the_schema_refuses_wrong_shapes_too(
    change: Callable[[dict[str, Any]], object], _sentence: str
) -> None:
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(json.loads(changed(change)))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{\n  oops", "line 2 column 3: not JSON:"),
        ("[" * 100_000, "nested too deeply"),
        ("[]", "the snapshot: must be an object"),
    ],
)
def test_what_is_no_snapshot_at_all_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(SnapshotError, match=sentence):
        loads(text)


ids = st.text("abcdefghij0123456789", min_size=8, max_size=8)
_YEARS = (datetime(2020, 1, 1), datetime(2026, 1, 1))  # noqa: DTZ001
# Whatever a name may hold; a lone surrogate is no text that AWS could send.
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@st.composite
def snapshots(draw: st.DrawFn) -> OrganizationSnapshot:
    units = [Unit("r-root", draw(names), None)]
    for id in draw(st.lists(ids, unique=True, max_size=5)):
        units.append(Unit(f"ou-{id}", draw(names), draw(st.sampled_from(units)).id))
    accounts = [
        Account(
            id=f"{number:012d}",
            name=draw(names),
            email=draw(names),
            state=draw(st.sampled_from(AccountState)),
            parent_id=draw(st.sampled_from(units)).id,
        )
        for number in draw(st.sets(st.integers(0, 999_999_999_999), max_size=6))
    ]
    policies = [
        Policy(f"p-{id}", draw(names), "SERVICE_CONTROL_POLICY", draw(st.booleans()), draw(names))
        for id in draw(st.lists(ids, unique=True, max_size=4))
    ]
    places = [unit.id for unit in units] + [account.id for account in accounts]
    pairs = st.tuples(st.sampled_from(policies), st.sampled_from(places))
    attached = draw(st.lists(pairs, unique=True, max_size=8)) if policies else []
    return build(
        taken_at=draw(st.datetimes(*_YEARS, timezones=st.just(UTC))),
        organization=Organization(
            "o-1", "aws", "111111111111", draw(st.sampled_from(["ALL", "x"]))
        ),
        scp_status=draw(st.sampled_from(PolicyTypeStatus)),
        units=units,
        accounts=accounts,
        policies=policies,
        attachments=[Attachment(policy.id, target) for policy, target in attached],
    )


def test_the_schema_is_one_itself() -> None:
    VALIDATOR.check_schema(SCHEMA)


@given(snapshots())
def test_what_is_written_reads_the_same_and_fits_the_schema(
    snapshot: OrganizationSnapshot,
) -> None:
    text = dumps(snapshot)
    assert loads(text) == snapshot
    VALIDATOR.validate(json.loads(text))


@given(snapshots())
def test_the_digest_is_of_the_organization_and_not_of_the_moment(
    snapshot: OrganizationSnapshot,
) -> None:
    later = replace(snapshot, taken_at=snapshot.taken_at + timedelta(hours=1))
    renamed = replace(snapshot.units[0], name=snapshot.units[0].name + "x")
    assert digest(later) == digest(snapshot)
    assert digest(replace(snapshot, units=(renamed, *snapshot.units[1:]))) != digest(snapshot)


def test_equal_organizations_are_equal_in_any_order() -> None:
    def backwards(one: dict[str, Any]) -> None:
        for name in ("units", "accounts", "policies", "attachments"):
            one[name].reverse()

    assert loads(changed(backwards)) == loads(json.dumps(VALID))
