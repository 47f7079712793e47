"""The pages of the past, and the page of what changed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.services import start_crawl
from accounts.snapshot import OrganizationSnapshot
from policies.models import Cause, UnitVersion
from policies.selectors import changed_accounts
from policies.services.recording import record
from tests.factories import (
    NO_LOGIN_PROFILES,
    ROOT,
    TAKEN_AT,
    Scp,
    account_id,
    deny,
    organization,
)
from tests.users import page, signed_in

pytestmark = pytest.mark.django_db

ACCOUNTS = {"payments": "Workloads/Payments", "sandbox": "Sandbox"}
NO_LOGIN = Scp("No <b>login</b>", NO_LOGIN_PROFILES, at=["Workloads"])


@pytest.fixture
def before() -> OrganizationSnapshot:
    return organization({**ACCOUNTS, "gone": "Sandbox"}, [NO_LOGIN])


@pytest.fixture
def client(before: OrganizationSnapshot) -> Client:
    """On day 0 payments is covered; on day 1 the SCP is weaker, on day 2 `gone` has left."""
    weaker = replace(NO_LOGIN, content=deny("iam:CreateLoginProfile"))
    days = [
        before,
        organization({**ACCOUNTS, "gone": "Sandbox"}, [weaker]),
        organization(ACCOUNTS, [weaker]),
    ]
    for number, snapshot in enumerate(days):
        record(start_crawl(), replace(snapshot, taken_at=TAKEN_AT + timedelta(days=number)))
    return signed_in()


def test_a_change_has_a_page_of_all_its_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changed_accounts, "PAGE_SIZE", 2)
    places = {f"account-{n}": "Workloads" for n in range(4)} | {"own": "Workloads/Own"}
    for number, scps in enumerate(([NO_LOGIN], [replace(NO_LOGIN, at=[])])):
        taken_at = TAKEN_AT + timedelta(days=number)
        record(start_crawl(), replace(organization(places, scps), taken_at=taken_at))
    client, cause = signed_in(), Cause.objects.get(changed__gt=0)
    address = reverse("policies:change", args=[cause.pk])
    more = f'and <a href="{address}?guardrail=prevent-login-profiles">2 more</a>'
    assert more in page(client, reverse("policies:changes"))
    last = page(client, f"{address}?page=3")
    assert "5 accounts" in last
    assert re.findall(r">(account-\d|own)</a>", last) == ["own"]
    assert "Enforced" in last
    assert "Missing" in last
    own = UnitVersion.objects.get(name="Own").aws_id
    assert re.findall(r">(account-\d|own)</a>", page(client, f"{address}?unit={own}")) == ["own"]
    assert "No verdict changed." in page(client, f"{address}?unit=ou-none")
    page(client, reverse("policies:change", args=[cause.pk + 1]), 404)


def test_accounts_of_a_change_stand_by_name_in_the_feed_and_on_its_page() -> None:
    names = ("zeta", "Beta", "delta", "alpha")
    for number, scps in enumerate(([NO_LOGIN], [replace(NO_LOGIN, at=[])])):
        taken_at = TAKEN_AT + timedelta(days=number)
        snapshot = organization(dict.fromkeys(names, "Workloads"), scps)
        record(start_crawl(), replace(snapshot, taken_at=taken_at))
    client, cause = signed_in(), Cause.objects.get(changed__gt=0)
    named = re.compile(rf">({'|'.join(names)})</a>")
    assert named.findall(page(client, reverse("policies:changes"))) == ["alpha", "Beta", "delta"]
    own = page(client, reverse("policies:change", args=[cause.pk]))
    assert named.findall(own) == ["alpha", "Beta", "delta", "zeta"]


def test_an_account_that_moved_is_on_the_page_of_both_its_units() -> None:
    places = {"payments": "Workloads", "sandbox": "Sandbox"}
    for number, place in enumerate(("Workloads", "Sandbox")):
        taken_at = TAKEN_AT + timedelta(days=number)
        snapshot = organization(places | {"moved": place}, [NO_LOGIN])
        record(start_crawl(), replace(snapshot, taken_at=taken_at))
    client, cause = signed_in(), Cause.objects.get(changed__gt=0)
    for name in ("Workloads", "Sandbox"):
        unit = UnitVersion.objects.get(name=name).aws_id
        text = page(client, f"{reverse('policies:change', args=[cause.pk])}?unit={unit}")
        assert re.findall(r">(moved|payments|sandbox)</a>", text) == ["moved"]


def test_the_feed_says_what_happened_to_whom_newest_first(client: Client) -> None:
    text = page(client, reverse("policies:changes"))
    assert "Edited <code>No &lt;b&gt;login&lt;/b&gt;</code>" in text
    assert "1 account lost Login profiles, now partial" in text
    assert text.index("Removed <code>gone</code>") < text.index("Edited <code>")
    assert 'class="line removed">-' in text
    # One line of the difference is one line on the page.
    assert '\n</span><span class="line ' in text
    assert "Wednesday, 25 November 2026" in text


def test_of_an_scp_that_was_rewritten_the_feed_has_the_beginning() -> None:
    for day, service in enumerate(("ec2", "rds")):
        text = deny(*(f"{service}:Action{number}" for number in range(300)), sid="NoLogin")
        snapshot = organization(ACCOUNTS, [replace(NO_LOGIN, content=text)])
        record(start_crawl(), replace(snapshot, taken_at=TAKEN_AT + timedelta(days=day)))
    text = page(signed_in(), f"{reverse('policies:changes')}?quiet=on")
    assert text.count('<span class="line ') == 80
    lines = re.search(r"And (\d+) lines more:", text)
    assert lines is not None
    # 300 removed, 300 added, and what stands around them.
    assert 600 <= int(lines[1]) + 80 < 620


def test_a_regression_stands_out_and_can_be_asked_for_alone(client: Client) -> None:
    text = page(client, f"{reverse('policies:changes')}?direction=regression")
    assert text.count('class="change regression"') == 1
    assert "Removed <code>gone</code>" not in text


@pytest.mark.parametrize(
    "query",
    [
        "guardrail=none",
        "unit=ou-none",
        "start=yesterday",
        "direction=up",
        "account=%00",
        "policy=%00",
    ],
)
def test_a_filter_that_is_not_there_is_said_in_a_sentence(client: Client, query: str) -> None:
    response = client.get(f"{reverse('policies:changes')}?{query}")
    assert response.status_code == 400
    assert "Show all changes" in response.content.decode()


@pytest.mark.parametrize("query", ["account=nobody", "policy=p-none", "page=99"])
def test_what_nobody_has_is_an_empty_page(client: Client, query: str) -> None:
    page(client, f"{reverse('policies:changes')}?{query}")


def test_nothing_is_asked_of_a_portal_that_knows_nothing() -> None:
    assert "No crawl yet" in page(signed_in(), reverse("policies:changes"))


def test_a_moment_in_the_query_moves_into_the_address(client: Client) -> None:
    response = client.get(f"{reverse('policies:matrix')}?as_of=2026-11-23&status=lacking")
    assert response.status_code == 302
    assert response.headers["Location"] == "/at/2026-11-23/organization/accounts/?status=lacking"
    back = client.get("/at/2026-11-23/organization/accounts/?as_of=")
    assert back.headers["Location"] == "/organization/accounts/"


@pytest.mark.parametrize("moment", ["2026-11-23", "2026-11-23T10:00:00Z", "2026-11-24T09:59+00:00"])
def test_pages_of_a_moment_show_what_was_and_lead_to_the_same_moment(
    client: Client, before: OrganizationSnapshot, moment: str
) -> None:
    text = page(client, f"/at/{moment}/organization/accounts/")
    assert "gone" in text
    assert "As it was on" in text
    payments = f"/organization/accounts/{account_id(before, 'payments')}/"
    assert payments in text.replace(f"/at/{moment}", "")
    assert f'href="{payments}' not in text
    assert "denied by" in page(client, f"/at/{moment}{payments}")
    assert "denied by" not in page(client, payments).split("history-title")[0]
    assert "As it was on" in page(client, f"/at/{moment}/organization/")
    assert "No verdict has changed" in page(client, f"/at/{moment}/organization/changes/")


def test_the_page_of_an_account_tells_its_history(
    client: Client, before: OrganizationSnapshot
) -> None:
    text = page(client, reverse("policies:account", args=[account_id(before, "payments")]))
    assert "Login profiles: Enforced → Partial" in text
    assert "24 Nov 2026, 10:00" in text


def test_the_page_of_a_unit_tells_how_coverage_went_and_how_long_accounts_were_exposed(
    client: Client, before: OrganizationSnapshot
) -> None:
    def of_login(name: str, moment: str) -> str:
        unit = next(one.id for one in before.units if one.name == name)
        text = page(client, f"/at/{moment}{reverse('policies:unit', args=[unit])}")
        (tile,) = re.findall(r'class="short">Login profiles</span>(.*?)</a>', text, re.DOTALL)
        assert "stacked-area" in text
        return str(tile)

    # Weaker since the second day, 10:00: half a day, and then a day and a half.
    assert "1 account-day exposed" in of_login("Workloads", "2026-11-25T10:00Z")
    assert "0 %" in of_login("Workloads", "2026-11-25T10:00Z")
    assert "2 account-days exposed" in of_login("Workloads", "2026-11-26T11:00Z")
    # Two accounts lacked it from the first day on, one of them until it left on the third.
    assert "5 account-days exposed" in of_login("Sandbox", "2026-11-26T11:00Z")
    line = re.search(r'points="([^"]+)"', of_login("Workloads", "2026-11-26T11:00Z"))
    assert line, "a line"
    assert line[1].startswith("0.00,1.00 "), "from all that were covered"
    assert line[1].endswith("100.00,23.00"), "to none"


def test_of_a_unit_without_a_history_the_page_says_when_its_trend_begins() -> None:
    record(start_crawl(), organization(ACCOUNTS, [NO_LOGIN]))
    text = page(signed_in(), f"/at/2026-11-23T10:00Z{reverse('policies:unit', args=[ROOT])}")
    assert "The trend begins on 23 Nov 2026" in text
    assert "not exposed" in text
    assert "sparkline" not in text


@pytest.mark.parametrize("moment", ["nonsense", "2026-13-01", "2026-11-23T99:00"])
def test_a_moment_that_is_none_is_said_in_a_sentence(client: Client, moment: str) -> None:
    response = client.get(f"/at/{moment}/organization/")
    assert response.status_code == 404
    assert "is no moment" in response.content.decode()


def test_a_moment_before_the_history_is_said_in_a_sentence(client: Client) -> None:
    response = client.get("/at/2026-11-22/organization/")
    assert response.status_code == 404
    assert "the history reaches back to 23 Nov 2026, 10:00 UTC" in response.content.decode()


def test_an_account_that_was_not_there_then_is_not_found(
    client: Client, before: OrganizationSnapshot
) -> None:
    gone = f"/organization/accounts/{account_id(before, 'gone')}/"
    assert client.get(f"/at/2026-11-24{gone}").status_code == 200
    assert client.get(gone).status_code == 404
