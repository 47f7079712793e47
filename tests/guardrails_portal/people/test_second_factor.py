"""The second factor: turned on, asked for, stored encrypted, lost."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse

from accounts.auditing import Actor
from accounts.models import AuditEntry
from guardrails_portal.people.models import User
from guardrails_portal.people.services.users import remove_second_factor
from guardrails_portal.people.sign_in.second_factor import SecondFactorAdapter
from tests.users import HOME, PASSWORD, one_time_code

# allauth tells of second factors when the transaction has ended.
pytestmark = pytest.mark.django_db(transaction=True)
LOGIN = reverse("login")
ON = reverse("mfa_activate_totp")
CODE = reverse("mfa_authenticate")


def password(browser: Client) -> str:
    """Where the log-in leads after the password."""
    return browser.post(LOGIN, {"login": "ada", "password": PASSWORD}).headers["Location"]


def turn_on(browser: Client) -> tuple[str, list[str]]:
    """Through the pages, as a person does; the secret and the recovery codes."""
    password(browser)
    again = browser.get(ON).headers["Location"]
    assert again.startswith(reverse("account_reauthenticate"))
    assert browser.post(again, {"password": PASSWORD}).headers["Location"] == ON
    page = browser.get(ON).content.decode()
    assert "<svg" in page
    assert 'src="data:' not in page
    secret = re.findall(r'<code class="secret">(\w+)</code>', page)[0]
    codes = browser.post(ON, {"code": one_time_code(secret)}, follow=True).content.decode()
    return secret, re.findall(r"<code>(\w+)</code>", codes)


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada", PASSWORD)


def test_once_on_the_password_alone_opens_nothing(client: Client, ada: User) -> None:
    secret, _ = turn_on(client)
    browser = Client()

    assert password(browser).startswith(CODE)
    assert browser.get("/profile/").status_code == 302
    wrong = browser.post(CODE, {"code": "000000"})
    assert "Incorrect code" in wrong.content.decode()
    assert browser.get("/profile/").status_code == 302

    # A code is good once, and the one of now was used when the factor was turned on.
    cache.clear()
    assert browser.post(CODE, {"code": one_time_code(secret)}).status_code == 302
    assert browser.get("/profile/").status_code == 200
    opened = AuditEntry.objects.filter(action="opened").latest("id")
    assert opened.after == {"by": ["password", "totp"]}
    assert AuditEntry.objects.filter(action="second factor added", actor="ada").exists()


def test_a_recovery_code_lets_in_once_and_is_shown_once(client: Client, ada: User) -> None:
    _, codes = turn_on(client)
    assert len(codes) == 10
    assert codes[0] not in client.get(reverse("mfa_view_recovery_codes")).content.decode()

    for browser, status in ((Client(), 200), (Client(), 302)):
        password(browser)
        browser.post(CODE, {"code": codes[0]})
        assert browser.get("/profile/").status_code == status


def test_guessing_codes_is_stopped(client: Client, ada: User) -> None:
    secret, _ = turn_on(client)
    cache.clear()
    browser = Client()
    password(browser)
    for _ in range(10):
        browser.post(CODE, {"code": "000000"})

    assert "Too many" in browser.post(CODE, {"code": one_time_code(secret)}).content.decode()
    assert browser.get("/profile/").status_code == 302


def test_its_secret_lies_encrypted_in_the_database(client: Client, ada: User) -> None:
    secret, codes = turn_on(client)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))

    assert secret not in stored
    assert not any(one in stored for one in codes)


def test_a_new_secret_key_still_reads_what_the_old_one_wrote() -> None:
    written = SecondFactorAdapter().encrypt("secret")

    with override_settings(SECRET_KEY="n" * 50, SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert SecondFactorAdapter().decrypt(written) == "secret"


def test_an_administrator_removes_what_somebody_lost(client: Client, ada: User) -> None:
    turn_on(client)
    remove_second_factor(Actor("admin"), ada)

    browser = Client()
    assert password(browser) == HOME
    assert browser.get("/profile/").status_code == 200
    assert AuditEntry.objects.filter(action="second factor removed", actor="admin").count() == 1


def test_it_is_turned_off_by_whoever_proves_to_be_the_user(client: Client, ada: User) -> None:
    turn_on(client)
    off = reverse("mfa_deactivate_totp")
    assert "Turn off the second factor" in client.get(off).content.decode()
    client.post(off)

    assert password(Client()) == HOME
