"""Single sign-on against a real OpenID Connect provider in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from guardrails_portal.local import simulated_aws
from guardrails_portal.people.models import User
from guardrails_portal.people.roles import Role
from guardrails_portal.people.sign_in.single_sign_on import role_of
from tests.users import HOME, PASSWORD

pytestmark = pytest.mark.django_db
START = "/login/with/sso/"
GRACE: dict[str, Any] = {
    "preferred_username": "Grace",
    "name": "Grace Hopper",
    "email": "grace@example.com",
    "groups": ["everyone", "security-operators"],
}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of the provider."""
    port = simulated_aws.free_port(9400)
    line = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    with subprocess.Popen(line, stderr=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_for(address)
            yield address
        finally:
            process.terminate()


def _wait_for(address: str) -> None:
    config = f"{address}/.well-known/openid-configuration"
    until = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(config, timeout=1):  # noqa: S310 - our own
                return
        except OSError:
            assert time.monotonic() < until, "the provider does not start"
            time.sleep(0.1)


@pytest.fixture
def sso(provider: str, settings: Any) -> str:
    app = {
        "provider_id": "sso",
        "name": "Example login",
        "client_id": "portal",
        "secret": "a-secret",
        "settings": {"server_url": provider},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}
    }
    settings.OIDC_GROUPS = {
        Role.ADMIN: frozenset({"security-admins"}),
        Role.OPERATOR: frozenset({"security-operators"}),
        Role.VIEWER: frozenset({"security"}),
    }
    return provider


def log_in(browser: Client, provider: str, claims: dict[str, Any], sub: str = "grace") -> Any:
    """The portal's answer to what the provider sends the browser back with."""
    requests.put(f"{provider}/users/{sub}", json=claims, timeout=10).raise_for_status()
    there = browser.get(START).headers["Location"]
    assert there.startswith(f"{provider}/oauth2/authorize?")
    asked = parse_qs(urlsplit(there).query)
    assert asked["code_challenge_method"] == ["S256"]
    back = requests.post(there, data={"sub": sub}, allow_redirects=False, timeout=10)
    url = urlsplit(back.headers["Location"])
    assert url.path == f"{START}callback/"
    return browser.get(f"{url.path}?{url.query}")


def test_the_log_in_page_offers_it(client: Client, sso: str) -> None:
    page = client.get(reverse("login")).content.decode()

    assert "Log in with Example login" in page
    assert f'href="{START}' in page


def test_without_a_provider_nothing_is_offered(client: Client) -> None:
    assert "Log in with" not in client.get(reverse("login")).content.decode()
    assert client.get(START).status_code == 404


def test_whoever_is_in_a_group_is_let_in_with_its_role(client: Client, sso: str) -> None:
    assert log_in(client, sso, GRACE).headers["Location"] == HOME

    grace = User.objects.get()
    assert (grace.username, grace.name, grace.email) == ("grace", "Grace Hopper", GRACE["email"])
    assert grace.role == Role.OPERATOR
    assert not grace.has_usable_password()
    page = client.get("/profile/").content.decode()
    assert "single sign-on" in page
    assert AuditEntry.objects.get(action="opened").after == {"by": ["socialaccount"]}


def test_the_role_follows_the_groups_at_each_log_in(sso: str) -> None:
    log_in(Client(), sso, GRACE)
    log_in(Client(), sso, GRACE | {"groups": ["security-admins", "security"]})

    grace = User.objects.get()
    assert grace.role == Role.ADMIN
    entry = AuditEntry.objects.get(kind="user", action="changed")
    assert (entry.before, entry.after) == ({"role": "operator"}, {"role": "admin"})


@pytest.mark.parametrize("groups", [[], ["everyone"], None, "else", {"a": 1}, [1, None]])
def test_whoever_is_in_no_group_is_not_let_in(client: Client, sso: str, groups: object) -> None:
    answer = log_in(client, sso, GRACE | {"groups": groups})

    assert answer.status_code == 403
    assert "in none of the groups" in answer.content.decode()
    assert not User.objects.exists()
    assert client.get("/profile/").status_code == 302
    assert AuditEntry.objects.get().action == "refused"


def test_whoever_leaves_the_groups_is_not_let_in_again(client: Client, sso: str) -> None:
    log_in(Client(), sso, GRACE)

    assert log_in(client, sso, GRACE | {"groups": []}).status_code == 403
    assert client.get("/profile/").status_code == 302


def test_a_local_user_of_the_same_name_and_address_is_not_taken_over(sso: str) -> None:
    local = User.objects.create_user("grace", PASSWORD, email=GRACE["email"], role=Role.ADMIN)
    browser = Client()
    log_in(browser, sso, GRACE)

    other = User.objects.exclude(pk=local.pk).get()
    assert other.username != "grace"
    assert other.role == Role.OPERATOR
    local.refresh_from_db()
    assert local.role == Role.ADMIN
    assert local.check_password(PASSWORD)


def test_somebody_deactivated_stays_outside(client: Client, sso: str) -> None:
    log_in(Client(), sso, GRACE)
    User.objects.update(is_active=False)

    answer = log_in(client, sso, GRACE)
    assert answer.headers["Location"] == reverse("account_inactive")
    assert client.get("/profile/").status_code == 302
    assert "deactivated" in client.get(reverse("account_inactive")).content.decode()


@pytest.mark.parametrize("query", ["", "?code=x", "?code=x&state=y", "?error=access_denied"])
def test_an_answer_that_nobody_asked_for_opens_nothing(
    client: Client, sso: str, query: str
) -> None:
    answer = client.get(f"{START}callback/{query}", follow=True)

    assert answer.status_code in {200, 401}
    assert "log-in" in answer.content.decode().lower()
    assert client.get("/profile/").status_code == 302


def test_the_highest_group_counts_and_a_claim_may_lie_deeper(settings: Any) -> None:
    settings.OIDC_GROUPS_CLAIM = "realm_access.roles"
    settings.OIDC_GROUPS = {
        Role.ADMIN: frozenset({"chiefs"}),
        Role.OPERATOR: frozenset(),
        Role.VIEWER: frozenset({"*"}),
    }

    assert role_of({"realm_access": {"roles": ["x", "chiefs"]}}) == Role.ADMIN
    assert role_of({"realm_access": "nonsense"}) == Role.VIEWER
    assert role_of({}) == Role.VIEWER
