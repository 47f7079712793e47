"""The pages beside the matrix: maps, units, SCPs, search, crawls, files, organizations."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.services import start_crawl
from accounts.snapshot import OrganizationSnapshot
from policies.catalogue import GUARDRAIL_IDS
from policies.models import Assessment, Cause
from policies.services.recording import record
from tests.factories import (
    KEEP_S3_PRIVATE,
    NO_LOGIN_PROFILES,
    ROOT,
    Scp,
    account_id,
    deny,
    organization,
)
from tests.users import page

pytestmark = pytest.mark.django_db

MATRIX = reverse("policies:matrix")
EVIL = "<script>alert(1)</script>\"'&{{ 7|add:7 }}"


@pytest.fixture
def example() -> OrganizationSnapshot:
    snapshot = organization(
        {"payments": "Workloads/Payments", " =cmd()": "Workloads", "sandbox": "Sandbox"},
        [
            Scp("No logins", NO_LOGIN_PROFILES, at=["Workloads"]),
            Scp("Keep S3 private", KEEP_S3_PRIVATE, at=["Sandbox", "sandbox"]),
            Scp("In vain", deny("s3:PutAccountPublicAccessBlock", resource="arn:aws:s3:::*")),
            Scp("Nowhere", NO_LOGIN_PROFILES, at=[]),
        ],
    )
    record(start_crawl(), snapshot)
    return snapshot


def unit_id(snapshot: OrganizationSnapshot, name: str) -> str:
    return next(unit.id for unit in snapshot.units if unit.name == name)


ALL = ["overview", "matrix", "heat-map", "tree", "scps", "search", "crawls"]
OF_ONE = {"unit": [ROOT], "scp": ["p-scp00001"], "account": ["100000000001"]}


@pytest.mark.parametrize(
    "name", ["overview", "matrix", "account", "heat-map", "tree", "scps", "search", "matrix-csv"]
)
def test_before_the_first_crawl_every_page_says_what_to_do(operator: Client, name: str) -> None:
    found = page(operator, reverse(f"policies:{name}", args=OF_ONE.get(name)))
    assert "No crawl yet" in found
    assert f'action="{reverse("policies:crawl")}"' in found


@pytest.mark.parametrize("name", [*ALL, *OF_ONE])
def test_no_page_holds_a_script_or_a_style_of_its_own(
    operator: Client, example: OrganizationSnapshot, name: str
) -> None:
    assert_nothing_runs_inline(page(operator, reverse(f"policies:{name}", args=OF_ONE.get(name))))


def test_nor_does_the_log_in(client: Client) -> None:
    assert_nothing_runs_inline(page(client, reverse("login")))


def assert_nothing_runs_inline(found: str) -> None:
    assert " style=" not in found
    assert "<style" not in found
    assert found.count("<script") == found.count('<script src="/static/')
    assert " onclick=" not in found


def test_names_from_aws_are_never_markup(operator: Client) -> None:
    trail = f"arn:aws:cloudtrail:*:*:trail/{EVIL}"
    snapshot = organization(
        {EVIL: EVIL.replace("/", "|")},
        [
            Scp(EVIL, deny("iam:CreateLoginProfile", sid=EVIL), at=[EVIL]),
            Scp("Exempt", deny("cloudtrail:*", resource=trail)),
        ],
    )
    record(start_crawl(), snapshot)
    unit = unit_id(snapshot, EVIL.replace("/", "|"))
    addresses = [reverse(f"policies:{name}") for name in ALL]
    addresses += [reverse(f"policies:{name}", args=id) for name, id in OF_ONE.items()]
    addresses += [reverse("policies:unit", args=[unit]), f"{MATRIX}?group=unit"]
    addresses += [f"{MATRIX}?guardrail=protect-cloudtrail", f"{MATRIX}?q={EVIL}"]
    for address in [*addresses, f"{reverse('policies:search')}?q={EVIL}"]:
        found = page(operator, address)
        assert "<script>alert" not in found
        assert "{{ 7|add:7 }}" in found or MATRIX not in address or "heat-map" in address


def test_the_overview_tells_how_many_more_lack_a_guardrail_than_a_week_ago(
    operator: Client, example: OrganizationSnapshot
) -> None:
    earlier = Assessment.objects.get()
    Assessment.objects.update(since=earlier.since - timedelta(days=9))
    kept = tuple(one for one in example.attachments if one.policy_id != "p-scp00001")
    record(start_crawl(), replace(example, attachments=kept))
    found = page(operator, reverse("policies:overview"))
    assert "▲ 2 more lack it" in found
    assert 'class="sparkline"' in found
    assert 'class="stacked-area"' in found


def test_on_its_first_day_the_trend_says_that_it_begins(
    operator: Client, example: OrganizationSnapshot
) -> None:
    found = page(operator, reverse("policies:overview"))
    assert "The trend begins on" in found
    assert 'class="stacked-area"' not in found


def test_the_overview_has_the_latest_changes_and_each_leads_to_its_entry(
    operator: Client, example: OrganizationSnapshot
) -> None:
    assert "No verdict has changed since the first crawl." in page(
        operator, reverse("policies:overview")
    )
    kept = tuple(one for one in example.attachments if one.policy_id != "p-scp00001")
    record(start_crawl(), replace(example, attachments=kept))
    (cause,) = Cause.objects.filter(changed__gt=0)
    found = page(operator, reverse("policies:overview"))
    assert "Detached <code>No logins</code> from <code>Workloads</code>" in found
    assert "▼ 2 worse" in found
    address = reverse("policies:changes")
    assert f'href="{address}#change-{cause.pk}"' in found
    assert f'id="change-{cause.pk}"' in page(operator, address)


def test_a_posture_of_the_past_has_the_changes_up_to_it(
    operator: Client, example: OrganizationSnapshot
) -> None:
    first = Assessment.objects.get()
    Assessment.objects.update(since=first.since - timedelta(days=2))
    kept = tuple(one for one in example.attachments if one.policy_id != "p-scp00001")
    record(start_crawl(), replace(example, attachments=kept))
    between = first.since - timedelta(days=1)
    found = page(operator, f"/at/{between:%Y-%m-%d}{reverse('policies:overview')}")
    assert "No verdict has changed since the first crawl." in found


def test_the_overview_shows_the_units_and_those_most_exposed(
    operator: Client, example: OrganizationSnapshot
) -> None:
    found = page(operator, reverse("policies:overview"))
    address = reverse("policies:unit", args=[unit_id(example, "Payments")])
    guardrails = len(GUARDRAIL_IDS)
    label = f"Payments: {100 // guardrails} % enforced, 1 account"
    assert f'<a href="{address}"><title>{label}</title>' in found
    assert f"{guardrails - 1} of {guardrails}" in found


def test_a_posture_that_no_crawl_renewed_is_called_stale(
    operator: Client, example: OrganizationSnapshot
) -> None:
    assert "This posture is" in page(operator, MATRIX), "of 2026-11-23"
    Assessment.objects.update(taken_at=timezone.now())
    assert "This posture is" not in page(operator, MATRIX)


def test_rows_stand_by_unit_on_request(operator: Client, example: OrganizationSnapshot) -> None:
    found = page(operator, f"{MATRIX}?group=unit&sort=-lacks")
    assert found.count('class="group"') == 4
    assert "Workloads / Payments" in found


def test_accounts_are_found_by_how_much_they_lack(
    operator: Client, example: OrganizationSnapshot
) -> None:
    guardrails = len(GUARDRAIL_IDS)
    assert "No account fits" in page(operator, f"{MATRIX}?lacks={guardrails}")
    found = page(operator, f"{MATRIX}?lacks={guardrails - 1}&sort=-lacks")
    assert ">payments<" in found
    assert ">management<" not in found
    more = guardrails + 1
    assert f"“{more}” is not one of the choices" in page(operator, f"{MATRIX}?lacks={more}", 400)


def test_the_heat_map_has_a_square_for_each_account_that_fits(
    operator: Client, example: OrganizationSnapshot
) -> None:
    address = reverse("policies:heat-map")
    found = page(operator, address)
    assert f"payments ({account_id(example, 'payments')}): lacks {len(GUARDRAIL_IDS) - 1}" in found
    assert 'class="heat-4"' in found
    found = page(operator, f"{address}?guardrail=prevent-login-profiles&status=missing")
    assert "sandbox" in found
    assert 'class="heat-missing"' in found
    assert ">payments" not in found


def test_a_file_holds_what_the_filter_keeps(
    operator: Client, example: OrganizationSnapshot
) -> None:
    query = "?guardrail=prevent-login-profiles&status=enforced"
    response = operator.get(reverse("policies:matrix-csv") + query)
    assert response.headers["Content-Disposition"].startswith('attachment; filename="o-example')
    rows = list(csv.DictReader(io.StringIO(response.getvalue().decode())))
    assert [row["name"] for row in rows] == ["' =cmd()", "payments"], "no formula for a spreadsheet"
    assert rows[1]["prevent-login-profiles"] == "enforced"
    assert "protect-cloudtrail" not in rows[1]
    found: Mapping[str, object] = json.loads(
        operator.get(reverse("policies:matrix-json") + query).getvalue()
    )
    accounts = found["accounts"]
    assert isinstance(accounts, list)
    assert [one["name"] for one in accounts] == [" =cmd()", "payments"]
    assert accounts[1]["verdicts"][0]["status"] == "enforced"


def test_a_file_of_a_filter_that_makes_no_sense_is_refused(
    operator: Client, example: OrganizationSnapshot
) -> None:
    assert "is not one of the choices" in page(
        operator, f"{reverse('policies:matrix-csv')}?status=good", 400
    )


def test_the_tree_has_each_unit_with_its_scps_and_coverage(
    operator: Client, example: OrganizationSnapshot
) -> None:
    found = page(operator, reverse("policies:tree"))
    workloads = unit_id(example, "Workloads")
    assert 'aria-label="OUs in Workloads"' in found
    query = f"?unit={workloads}&amp;guardrail=prevent-login-profiles"
    assert f'href="{MATRIX}{query}">100 %</a>' in found


def test_a_unit_says_what_it_has_from_above_and_how_its_accounts_stand(
    operator: Client, example: OrganizationSnapshot
) -> None:
    found = page(operator, reverse("policies:unit", args=[unit_id(example, "Payments")]))
    assert "In vain" in found, "from the root"
    assert "No logins" in found, "from Workloads"
    assert "Keep S3 private" not in found
    assert ">payments<" in found
    assert "sandbox" not in found


@pytest.mark.parametrize("unknown", ["ou-none", "%00", "r-ab1"])
def test_an_unknown_unit_is_not_found(
    operator: Client, example: OrganizationSnapshot, unknown: str
) -> None:
    assert "No OU" in page(operator, f"{reverse('policies:tree')}{unknown}/", 404)


def test_the_scps_are_listed_with_what_is_odd_in_them(
    operator: Client, example: OrganizationSnapshot
) -> None:
    found = page(operator, reverse("policies:scps"))
    assert "Attached nowhere: it has no effect." in found
    assert "has no effect on <code>s3:PutAccountPublicAccessBlock</code>" in found
    narrowed = page(operator, f"{reverse('policies:scps')}?q=vain")
    assert "Nowhere" not in narrowed
    assert "No SCP is called “zzz”" in page(operator, f"{reverse('policies:scps')}?q=zzz")


def test_an_scp_says_what_it_does_and_whom_it_reaches(
    operator: Client, example: OrganizationSnapshot
) -> None:
    found = page(operator, reverse("policies:scp", args=["p-scp00001"]))
    assert "Login profiles: 4 of 4 actions" in found
    assert "reaches 2 member accounts" in found
    assert 'id="statement-0"' in found
    found = page(operator, reverse("policies:scp", args=["p-scp00002"]))
    assert "reaches 1 member account" in found, "by its OU and by itself, counted once"
    assert "reaches 3 member accounts" in page(
        operator, reverse("policies:scp", args=["p-FullAWSAccess"])
    )
    assert "No SCP p-none" in page(operator, reverse("policies:scp", args=["p-none"]), 404)


def test_an_scp_whose_text_was_not_read_offers_none_of_it(
    operator: Client, example: OrganizationSnapshot
) -> None:
    unread = [
        replace(one, content=None) if one.name == "Nowhere" else one for one in example.policies
    ]
    record(start_crawl(), replace(example, policies=tuple(unread)))
    (nowhere,) = (one.id for one in unread if one.name == "Nowhere")
    found = page(operator, reverse("policies:scp", args=[nowhere]))
    assert "Not read: a crawl reads the SCPs that are attached somewhere." in found
    assert "data-copy" not in found
    assert "What each statement does" not in found


def test_the_search_finds_accounts_units_and_scps(
    operator: Client, example: OrganizationSnapshot
) -> None:
    address = reverse("policies:search")
    found = page(operator, f"{address}?q=sand")
    assert reverse("policies:account", args=[account_id(example, "sandbox")]) in found
    assert reverse("policies:unit", args=[unit_id(example, "Sandbox")]) in found
    assert reverse("policies:scp", args=["p-scp00002"]) in page(operator, f"{address}?q=private")
    assert "Nothing is called “zzz”" in page(operator, f"{address}?q=zzz")
    assert "<html" not in operator.get(f"{address}?q=s", HTTP_HX_REQUEST="1").content.decode()


@pytest.mark.parametrize("text", ["%00", "%", "_", "\\", "x" * 5_000, " "])
def test_nothing_that_is_searched_for_breaks_the_search(
    operator: Client, example: OrganizationSnapshot, text: str
) -> None:
    page(operator, f"{reverse('policies:search')}?q={text}")


@pytest.mark.parametrize(
    ("scps", "said"),
    [
        (8, ""),
        (9, "9 of at most 10 SCPs are attached here: room for 1 more."),
        (10, "10 of at most 10 SCPs are attached here: no other fits."),
    ],
)
def test_a_target_near_the_quota_of_ten_scps_says_so(
    operator: Client, scps: int, said: str
) -> None:
    # FullAWSAccess is attached there too.
    full = [Scp(f"SCP {n}", NO_LOGIN_PROFILES, at=["Sandbox"]) for n in range(scps - 1)]
    snapshot = organization({"sandbox": "Sandbox"}, full)
    record(start_crawl(), snapshot)
    for address in (
        reverse("policies:unit", args=[unit_id(snapshot, "Sandbox")]),
        reverse("policies:account", args=[account_id(snapshot, "sandbox")]),
    ):
        found = page(operator, address)
        assert found.count("of at most 10 SCPs") == bool(said)
        assert said in found


def test_the_chosen_scheme_is_remembered(operator: Client, example: OrganizationSnapshot) -> None:
    assert "data-theme" not in page(operator, MATRIX)
    response = operator.post(reverse("scheme"), {"scheme": "dark", "next": MATRIX})
    assert response.headers["Location"] == MATRIX
    assert 'data-theme="dark"' in page(operator, MATRIX)
    operator.post(reverse("scheme"), {"scheme": "pink", "next": "https://evil.example/"})
    assert 'data-theme="dark"' in page(operator, MATRIX)


@pytest.fixture
def two(example: OrganizationSnapshot) -> OrganizationSnapshot:
    """Another organization, crawled after the first."""
    other = organization({"elsewhere": "Other"})
    other = replace(other, organization=replace(other.organization, id="o-example0002"))
    record(start_crawl(), other)
    return other


def test_with_one_organization_there_is_nothing_to_switch(
    operator: Client, example: OrganizationSnapshot
) -> None:
    assert "switcher" not in page(operator, MATRIX)


@pytest.mark.usefixtures("two")
def test_the_organization_stands_in_the_address_and_in_every_link(operator: Client) -> None:
    first = page(operator, f"/o/o-example0001{MATRIX}")
    assert ">payments<" in first
    assert ">elsewhere<" not in first
    assert 'href="/o/o-example0001/organization/scps/"' in first
    assert 'href="/o/o-example0002/organization/"' in first
    assert 'href="/organization/' not in first
    assert 'href="/o/o-example0001/static' not in first
    assert ">elsewhere<" in page(operator, f"/o/o-example0002{MATRIX}")


@pytest.mark.usefixtures("two")
def test_with_several_organizations_an_address_without_one_gets_it(operator: Client) -> None:
    response = operator.get(f"{MATRIX}?status=lacking")
    assert response.headers["Location"] == f"/o/o-example0002{MATRIX}?status=lacking"
    assert reverse("policies:matrix") == MATRIX, "the prefix is gone with its request"


@pytest.mark.usefixtures("two")
def test_an_organization_that_is_not_known_is_not_found(operator: Client) -> None:
    found = page(operator, f"/o/o-unknown0000{MATRIX}", 404)
    assert "The portal knows no organization o-unknown0000." in found
