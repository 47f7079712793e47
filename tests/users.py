"""Users for tests."""

from __future__ import annotations

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.shortcuts import resolve_url
from django.test import Client

from guardrails_portal.people.models import User
from guardrails_portal.people.roles import Role

PASSWORD = "correct-horse-battery-staple"
# Where a log-in leads that came from nowhere.
HOME = resolve_url(settings.LOGIN_REDIRECT_URL)
# Seconds that a busy machine may take from a code to the answer to it.
_ENOUGH = 8


def make_user(role: Role = Role.VIEWER, username: str = "") -> User:
    """A user of this role, named for it; it has no password, since hashing one takes time."""
    return User.objects.create_user(username or role.value, role=role)


def page(browser: Client, address: str, status: int = 200) -> str:
    """The markup that an address answers with; it must have this status."""
    response = browser.get(address)
    assert response.status_code == status, response.content.decode()
    return response.content.decode()


def signed_in(role: Role = Role.VIEWER) -> Client:
    """A browser in which a user of this role has signed in."""
    client = Client()
    client.force_login(make_user(role))
    return client


def one_time_code(secret: str) -> str:
    """What an authenticator app shows (RFC 6238), for some seconds still.

    The code of one half minute is refused in the next.
    """
    if (left := 30 - time.time() % 30) < _ENOUGH:
        time.sleep(left)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))
