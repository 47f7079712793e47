"""What each resource answers with, and what each filter keeps."""

from __future__ import annotations

from typing import Any

import pytest

from policies.catalogue import GUARDRAIL_IDS
from policies.models import Assessment
from tests.policies.api.conftest import Get

pytestmark = pytest.mark.django_db

LOGIN = "prevent-login-profiles"
PAYMENTS = "100000000001"
WORKLOADS = "ou-ab12-00000001"


def ids(answer: dict[str, list[dict[str, str]]], name: str = "id") -> list[str]:
    return [row[name] for row in answer["results"]]


def test_an_organization_says_when_it_was_read(posture: Assessment, get: Get) -> None:
    [found] = get("organizations")["results"]
    assert found == get(f"organizations/{found['id']}")
    assert found["id"] == "o-example0001"
    assert found["taken_at"] == "2026-11-23T10:00:00Z"
    assert found["management_account_id"] == "999999999999"


def test_units_come_in_the_order_of_the_tree(posture: Assessment, get: Get) -> None:
    answer = get("units")
    assert ids(answer, "display_path") == [
        "Root",
        "Workloads",
        "Workloads / Payments",
        "Workloads / Orders",
        "Sandbox",
        "Workloads 2",
    ]
    assert answer["results"][0]["parent_id"] is None
    assert answer["results"][2]["path"] == ["r-ab12", WORKLOADS, "ou-ab12-00000002"]
    assert ids(get(f"units?below={WORKLOADS}"), "name") == ["Workloads", "Payments", "Orders"]
    assert ids(get(f"units?parent={WORKLOADS}"), "name") == ["Payments", "Orders"]
    assert get(f"units/{WORKLOADS}")["name"] == "Workloads"


def test_accounts_say_which_guardrails_they_have(posture: Assessment, get: Get) -> None:
    answer = get("accounts?ordering=name")
    assert ids(answer, "name") == ["=cmd()", "Orders", "management", "payments", "sandbox"]
    payments = answer["results"][3]
    assert payments["statuses"][LOGIN] == "enforced"
    assert payments["unit_path"] == "Workloads / Payments"
    assert [row["management"] for row in answer["results"]] == [False, False, True, False, False]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        (f"unit={WORKLOADS}", ["payments", "Orders"]),
        ("state=SUSPENDED", ["=cmd()"]),
        ("state=SUSPENDED,CLOSED", ["=cmd()"]),
        ("q=1000-0000-0003", ["sandbox"]),
        ("q=ORD", ["Orders"]),
        (f"status=enforced&guardrail={LOGIN}", ["payments"]),
        (f"status=partial,enforced&guardrail={LOGIN}", ["payments", "Orders"]),
        (f"status=lacking&guardrail={LOGIN}", ["Orders", "sandbox", "=cmd()"]),
        ("status=not_applicable", ["management"]),
        ("status=indeterminate", []),
    ],
)
def test_accounts_are_filtered(posture: Assessment, get: Get, query: str, names: list[str]) -> None:
    assert ids(get(f"accounts?{query}"), "name") == names


def test_an_account_has_its_path_and_its_verdicts_with_proof(posture: Assessment, get: Get) -> None:
    found = get(f"accounts/{PAYMENTS}")
    assert [level["kind"] for level in found["levels"]] == ["Root", "OU", "OU", "Account"]
    assert [one["name"] for one in found["levels"][2]["policies"]] == [
        "FullAWSAccess",
        "No login profiles",
    ]
    verdicts = {one["guardrail"]: one for one in found["verdicts"]}
    assert verdicts.keys() == set(GUARDRAIL_IDS)
    [evidence, *_] = verdicts[LOGIN]["evidence"]
    assert evidence == {
        "policy_id": "p-scp00001",
        "statement": 0,
        "sid": "NoLoginProfiles",
        "target_id": "ou-ab12-00000002",
        "effect": "Deny",
    }
    [witness, *_] = verdicts["protect-cloudtrail"]["witnesses"]
    assert witness["resource"].split(":")[4] == PAYMENTS
    assert found["posture"]["organization"] == "o-example0001"


def test_verdicts_are_one_row_for_each_account_and_guardrail(posture: Assessment, get: Get) -> None:
    answer = get("verdicts")
    assert len(answer["results"]) == 5 * len(GUARDRAIL_IDS)
    assert answer["next"] is None
    assert answer["posture"]["taken_at"] == "2026-11-23T10:00:00Z"
    row = next(one for one in answer["results"] if one["guardrail"] == LOGIN)
    assert row["account_id"] == PAYMENTS
    assert row["status"] == "enforced"
    assert row["evidence"][0]["sid"] == "NoLoginProfiles"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (f"guardrail={LOGIN}", 5),
        (f"guardrail={LOGIN}&status=lacking", 3),
        ("status=not_applicable", len(GUARDRAIL_IDS)),
        (f"unit={WORKLOADS}", 2 * len(GUARDRAIL_IDS)),
        (f"account={PAYMENTS}", len(GUARDRAIL_IDS)),
        (f"account={PAYMENTS}&status=enforced", 1),
        ("q=sandbox&guardrail=prevent-s3-public-access&status=partial,enforced", 1),
        ("state=SUSPENDED", len(GUARDRAIL_IDS)),
        ("changed_since=2026-11-23T09:59:00Z", 0),
    ],
)
def test_verdicts_are_filtered(posture: Assessment, get: Get, query: str, count: int) -> None:
    assert len(get(f"verdicts?{query}")["results"]) == count


def test_a_policy_says_where_it_is_attached_and_what_it_was(posture: Assessment, get: Get) -> None:
    found = get("policies/p-scp00001")
    assert found["targets"] == [{"id": "ou-ab12-00000002", "name": "Payments", "kind": "OU"}]
    assert found["content"].startswith('{"Version"')
    [full] = [one for one in get("policies")["results"] if one["aws_managed"]]
    assert get("policies?fields=name")["results"][0].keys() == {"id", "name"}
    kinds = [one["kind"] for one in full["targets"]]
    assert kinds == ["Root", *["OU"] * 5, *["Account"] * 5]
    [version] = get("policies/p-scp00001/versions")["results"]
    assert version["until"] is None
    assert version["content"] == found["content"]


def test_guardrails_carry_their_parameters_and_an_scp_that_enforces_them(
    posture: Assessment, get: Get
) -> None:
    answer = get("guardrails")
    assert [one["id"] for one in answer["results"]] == list(GUARDRAIL_IDS)
    roles = get("guardrails/protect-infosec-roles")
    assert roles["parameters"]["security_role"] == "InfoSec*"
    assert "trail" not in roles["parameters"]
    assert roles["reference_scp"]["Statement"][0]["Effect"] == "Deny"


def test_coverage_counts_the_organization_or_a_part_of_it(posture: Assessment, get: Get) -> None:
    def login(address: str) -> dict[str, Any]:
        return next(one for one in get(address)["results"] if one["guardrail"] == LOGIN)

    everywhere = login("coverage")
    assert (everywhere["counted"], everywhere["enforced"], everywhere["lacking"]) == (3, 1, 2)
    assert everywhere["percent"] == 33
    assert everywhere["statuses"]["not_applicable"] == 1
    below = login(f"coverage?unit={WORKLOADS}")
    assert (below["counted"], below["enforced"]) == (2, 1)


def test_crawls_tell_how_they_went(posture: Assessment, get: Get) -> None:
    [crawl] = get("crawls")["results"]
    assert crawl == get(f"crawls/{crawl['id']}")
    assert crawl["organization"] == "o-example0001"
    assert crawl["state"] == "completed"
    assert get("crawls?state=failed")["results"] == []


def test_only_the_chosen_fields_come(posture: Assessment, get: Get) -> None:
    rows = get("verdicts?fields=status")["results"]
    assert rows[0].keys() == {"account_id", "guardrail", "status"}
    assert get("accounts?fields=name,statuses")["results"][0].keys() == {"id", "name", "statuses"}
    assert get(f"accounts/{PAYMENTS}?fields=levels").keys() == {"id", "levels"}
