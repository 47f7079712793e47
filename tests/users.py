"""Users for tests."""

from __future__ import annotations

from django.conf import settings
from django.shortcuts import resolve_url
from django.test import Client

from guardrails_portal.people.models import User
from guardrails_portal.people.roles import Role

PASSWORD = "correct-horse-battery-staple"
# Where a log-in leads that came from nowhere.
HOME = resolve_url(settings.LOGIN_REDIRECT_URL)


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
