"""The pages: who may see them, what they say, what they cost, what they never let through."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Crawl
from accounts.services import fail_crawl, start_crawl
from accounts.snapshot import AccountState, OrganizationSnapshot, PolicyTypeStatus
from guardrails_portal.people.models import User
from policies.services.recording import record
from tests.factories import NO_LOGIN_PROFILES, ROOT, Scp, account_id, organization
from tests.users import page

pytestmark = pytest.mark.django_db

OVERVIEW = reverse("policies:overview")
MATRIX = reverse("policies:matrix")
CRAWL = reverse("policies:crawl")
STATUS = reverse("policies:crawl-status")
ROOT_PAGE = reverse("policies:unit", args=[ROOT])


def stored(
    snapshot: OrganizationSnapshot | None = None,
) -> OrganizationSnapshot:
    snapshot = snapshot or organization(
        {"payments": "Workloads/Payments", "sandbox": "Sandbox"},
        [Scp("No logins", NO_LOGIN_PROFILES, at=["Workloads"])],
    )
    record(start_crawl(), snapshot)
    return snapshot


def account_url(snapshot: OrganizationSnapshot, name: str) -> str:
    return reverse("policies:account", args=[account_id(snapshot, name)])


def test_a_crawl_needs_a_log_in_a_post_and_a_token(operator: Client) -> None:
    assert Client().post(CRAWL).headers["Location"].startswith(reverse("login"))
    assert operator.get(CRAWL).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get())
    refused = strict.post(CRAWL)
    assert refused.status_code == 403
    assert "This form is too old" in refused.content.decode()


def test_while_the_first_crawl_runs_the_page_waits_for_it(operator: Client) -> None:
    start_crawl()
    found = page(operator, MATRIX)
    assert "The first crawl is running" in found
    assert f'href="{reverse("policies:crawls")}">See how far it is' in found
    assert 'hx-trigger="every 2s"' in found


@pytest.mark.parametrize(("seconds", "asks"), [(0, 2), (65, 6), (700, 15)])
def test_a_page_asks_the_seldomer_the_longer_a_crawl_runs(
    operator: Client, seconds: int, asks: int
) -> None:
    began = timezone.now() - timedelta(seconds=seconds)
    Crawl.objects.filter(pk=start_crawl().pk).update(started_at=began)
    assert f'hx-trigger="every {asks}s"' in page(operator, STATUS)


def test_when_the_first_crawl_failed_the_page_says_why(operator: Client) -> None:
    fail_crawl(start_crawl(), "organizations:ListRoots failed with <AccessDenied>: ask.")
    found = page(operator, MATRIX)
    assert "organizations:ListRoots failed with &lt;AccessDenied&gt;: ask." in found
    assert "Crawl now" in found


def test_when_a_later_crawl_failed_the_former_posture_stays_and_says_so(operator: Client) -> None:
    stored()
    fail_crawl(start_crawl(), "organizations:ListRoots failed.")
    found = page(operator, MATRIX)
    assert "organizations:ListRoots failed." in found
    assert "What you see is the organization as it was before." in found
    assert "payments" in found


def test_the_overview_leads_to_the_accounts_that_lack_each_guardrail(operator: Client) -> None:
    stored()
    found = page(operator, OVERVIEW)
    assert "1 account lacks it" in found
    query = "?guardrail=prevent-login-profiles&amp;status=lacking&amp;state=ACTIVE"
    assert f'href="{MATRIX}{query}"' in found
    lacking = page(operator, MATRIX + query.replace("&amp;", "&"))
    assert "sandbox" in lacking
    assert ">payments<" not in lacking


def test_the_matrix_says_each_status_in_symbol_and_word(operator: Client) -> None:
    stored()
    found = page(operator, MATRIX)
    for status, label in [("enforced", "Enforced"), ("missing", "Missing")]:
        assert f'class="status {status}"' in found
        assert f"symbols.svg#{status}" in found
        assert label in found
    assert "Workloads / Payments" in found


def test_a_chosen_guardrail_brings_its_reasons(operator: Client) -> None:
    stored()
    found = page(operator, f"{MATRIX}?guardrail=prevent-login-profiles&status=missing")
    assert ">Why<" in found
    assert "CloudTrail</span>" not in found


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("status=good", "Status: “good” is not one of the choices"),
        ("guardrail=x", "Guardrail: “x” is not one of the choices"),
        ("unit=ou-none", "Organizational unit: “ou-none” is not one of the choices"),
        ("state=ASLEEP", "Account state: “ASLEEP” is not one of the choices"),
        ("sort=color", "Order: “color” is not one of the choices"),
        ("q=%00", "Search: Null characters are not allowed."),
        ("q=" + "x" * 400, "Search: Ensure this value has at most 320 characters"),
        ("unit=%00", "Organizational unit"),
    ],
)
def test_a_filter_that_makes_no_sense_is_named(operator: Client, query: str, message: str) -> None:
    stored()
    found = page(operator, f"{MATRIX}?{query}", 400)
    assert message in found
    assert "Show all accounts" in found


def test_filters_that_nothing_fits_say_so(operator: Client) -> None:
    stored()
    assert "No account fits these filters." in page(operator, f"{MATRIX}?q=nobody")


def test_the_address_that_htmx_leaves_behind_has_no_empty_parts(operator: Client) -> None:
    stored()
    response = operator.get(f"{MATRIX}?q=&guardrail=&status=lacking&unit=", HTTP_HX_REQUEST="true")
    assert response.headers["HX-Push-Url"] == f"{MATRIX}?status=lacking"
    assert operator.get(f"{MATRIX}?q=", HTTP_HX_REQUEST="true").headers["HX-Push-Url"] == MATRIX


def test_htmx_gets_the_results_alone_and_no_cache_mixes_them_up(operator: Client) -> None:
    stored()
    response = operator.get(MATRIX, HTTP_HX_REQUEST="true")
    found = response.content.decode()
    assert 'id="matrix"' in found
    assert 'id="result-count"' in found
    assert "<html" not in found
    assert "HX-Request" in response.headers["Vary"]
    assert "HX-Request" in operator.get(MATRIX).headers["Vary"]


def test_pages_keep_the_filter_and_the_order(operator: Client) -> None:
    stored(organization({f"account-{n:03}": "Workloads" for n in range(150)}))
    found = page(operator, f"{MATRIX}?status=missing&sort=name&q=")
    assert 'href="?status=missing&amp;sort=name&amp;page=2"' in found
    assert "150 accounts" in found


def test_an_account_shows_its_path_its_evidence_and_its_hole(operator: Client) -> None:
    snapshot = stored()
    found = page(operator, account_url(snapshot, "payments"))
    assert 'id="level-ou-ab12-00000001"' in found
    scp = reverse("policies:scp", args=["p-scp00001"])
    assert f'href="{scp}#statement-0"' in found
    assert '<span class="line hit"' in found
    assert "NoLoginProfiles" in found
    assert "A request that gets through" in found
    assert f"arn:aws:iam::{account_id(snapshot, 'payments')}:" in found


def test_an_unknown_account_is_not_found_and_the_page_says_so(operator: Client) -> None:
    stored()
    found = page(operator, reverse("policies:account", args=["123123123123"]), 404)
    assert "No account 123123123123 was in the organization" in found
    assert "The address leads nowhere" in page(operator, "/organization/nowhere/", 404)


def without_scps(scp_status: str, feature_set: str) -> OrganizationSnapshot:
    """As a crawl reads it: of an organization whose SCPs are off, AWS lists none."""
    snapshot = organization(scp_status=PolicyTypeStatus(scp_status))
    found = replace(snapshot.organization, feature_set=feature_set)
    return replace(snapshot, organization=found, policies=(), attachments=())


@pytest.mark.parametrize(
    ("scp_status", "feature_set", "why", "remedy"),
    [
        ("DISABLED", "ALL", "CONTROL_POLICY is DISABLED in the root", "Enable service control"),
        ("PENDING_ENABLE", "ALL", "is PENDING_ENABLE in the root", "AWS is enabling it"),
        ("DISABLED", "CONSOLIDATED_BILLING", "not ALL", "Enable all features"),
    ],
)
def test_an_organization_without_scps_says_so_and_what_to_do(
    operator: Client, scp_status: str, feature_set: str, why: str, remedy: str
) -> None:
    stored(without_scps(scp_status, feature_set))
    for address in (OVERVIEW, MATRIX, reverse("policies:tree"), reverse("policies:scps")):
        found = page(operator, address)
        assert "No SCP has any effect in this organization" in found
        assert f"{why}, so every member account lacks every guardrail." in found
        assert remedy in found


def test_the_past_of_an_organization_without_scps_asks_for_nothing(operator: Client) -> None:
    stored(without_scps("DISABLED", "ALL"))
    found = page(operator, f"/at/{timezone.now():%Y-%m-%d}{OVERVIEW}")
    assert "No SCP has any effect in this organization" in found
    assert "Enable service control policies" not in found


def test_where_scps_are_off_no_page_looks_as_if_one_could_just_be_attached(
    operator: Client,
) -> None:
    snapshot = stored(without_scps("DISABLED", "ALL"))
    ladder = page(operator, account_url(snapshot, "payments"))
    assert "SCPs are off in this organization: AWS keeps none attached at any level." in ladder
    assert "No SCP attached" not in ladder
    scps = page(operator, reverse("policies:scps"))
    assert "While SCPs are off in this organization" in scps
    assert "attach one in AWS Organizations" not in scps
    guardrail = page(operator, reverse("policies:guardrail", args=["protect-cloudtrail"]))
    assert "they have to be enabled before" in guardrail


def test_where_no_guardrail_is_enforced_yet_the_overview_says_where_scps_for_it_are(
    operator: Client,
) -> None:
    stored(organization())
    assert "No guardrail is enforced in any account yet" in page(operator, OVERVIEW)
    stored()
    assert "No guardrail is enforced" not in page(operator, OVERVIEW)
    stored(without_scps("DISABLED", "ALL"))
    assert "No guardrail is enforced" not in page(operator, OVERVIEW)


def test_where_there_is_no_member_account_nothing_is_said_to_be_enforced(operator: Client) -> None:
    whole = organization({"closed": ""}, states={"closed": AccountState.CLOSED})
    stored(whole)
    overview = page(operator, OVERVIEW)
    assert "No active member account" in overview
    assert "There is no active member account to draw" in overview
    guardrail = page(operator, reverse("policies:guardrail", args=["protect-cloudtrail"]))
    assert "There is nobody to protect yet" in guardrail
    assert "Every active member account has it enforced" not in guardrail
    for found in (overview, guardrail, page(operator, MATRIX), page(operator, ROOT_PAGE)):
        assert "0 %<" not in found
        assert '0<span class="unit"> %' not in found


def test_a_crawl_asked_for_while_one_runs_starts_no_second(operator: Client) -> None:
    start_crawl()
    response = operator.post(CRAWL, follow=True)
    assert "A crawl is running already" in response.content.decode()
    assert Crawl.objects.count() == 1


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:1", ""])
def test_after_asking_for_a_crawl_nobody_is_led_elsewhere(operator: Client, target: str) -> None:
    start_crawl()
    assert operator.post(CRAWL, {"next": target}).headers["Location"] == MATRIX


def test_a_page_without_posture_is_reloaded_when_a_crawl_has_ended(operator: Client) -> None:
    crawl = start_crawl()
    address = f"{STATUS}?shown=&seen={crawl.pk}-running"
    assert "HX-Refresh" not in operator.get(address).headers
    fail_crawl(crawl, "It failed.")
    assert operator.get(address).headers["HX-Refresh"] == "true"


def test_a_page_with_posture_is_left_to_its_reader_and_offers_the_newer(operator: Client) -> None:
    stored()
    shown = Crawl.objects.get().assessment.pk
    assert "A newer posture" not in page(operator, f"{STATUS}?shown={shown}")
    stored()
    response = operator.get(f"{STATUS}?shown={shown}")
    assert "A newer posture" in response.content.decode()
    assert "HX-Refresh" not in response.headers


@pytest.mark.parametrize("shown", ["x", "-1", "٣", "9" * 400])
def test_nonsense_in_the_status_address_is_no_error(operator: Client, shown: str) -> None:
    stored()
    page(operator, f"{STATUS}?shown={shown}&seen=%00")


def test_a_wrong_password_is_refused_in_a_sentence(client: Client) -> None:
    response = client.post(reverse("login"), {"login": "demo", "password": "wrong"})
    assert "password you specified are not correct" in response.content.decode()


def test_an_error_of_the_portal_is_a_page_in_house_style(client: Client) -> None:
    client.raise_request_exception = False
    client.force_login(User.objects.create_superuser("demo"))
    stored()
    # A posture whose verdicts are gone: a broken database, which no page can make sense of.
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM policies_verdict")
    response = client.get(MATRIX)
    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()
