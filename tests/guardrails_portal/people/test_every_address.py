"""Every address that the portal has, whoever added it: who may open it, who may post to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from guardrails_portal.people.roles import Role
from tests.users import signed_in

# Open to the world: to get in, and to see whether it is up.
OPEN = {
    *("login", "account_login", "logout", "account_inactive", "mfa_authenticate", "live", "ready"),
    *("openid_connect_login", "openid_connect_callback", "socialaccount_signup"),
    *("socialaccount_login_error", "socialaccount_login_cancelled"),
}
# Where a viewer may post: what concerns nobody but themselves, or stores nothing.
OWN = {
    *("people:password", "people:tokens", "people:revoke-token", "people:sign-out-everywhere"),
    *("account_reauthenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp"),
    *("mfa_generate_recovery_codes", "home", "mfa_index", "scheme"),
    *("api:assess", "/api/v1/assess/"),
}


def addresses(
    patterns: list[URLPattern | URLResolver],
    namespace: str = "",
    prefix: str = "/",
    above: Mapping[str, object] | None = None,
) -> Iterator[tuple[str, str]]:
    """Name and path of each, with something for every part of the path that varies."""
    for one in patterns:
        converters = {**(above or {}), **one.pattern.converters}
        if isinstance(one, URLResolver):
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from addresses(one.url_patterns, inner, f"{prefix}{one.pattern}", converters)
        elif not one.name:
            # The API's same address with a slash at its end, and whatever it has not.
            path = re.sub(r"<(int:)?.*?>", lambda part: "7" if part[1] else "x", str(one.pattern))
            yield f"{prefix}{path}", f"{prefix}{path}"
        else:
            name = f"{namespace}{one.name}"
            kwargs = {part: _some(converter) for part, converter in converters.items()}
            yield name, reverse(name, kwargs=kwargs)


def _some(converter: object) -> object:
    kind = type(converter).__name__
    return {"IntConverter": 7, "UUIDConverter": UUID(int=7)}.get(kind, "x")


ADDRESSES = sorted(set(addresses(get_resolver().url_patterns)))
CLOSED = [(name, path) for name, path in ADDRESSES if name not in OPEN]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "path"), CLOSED, ids=[name for name, _ in CLOSED])
def test_without_a_log_in_it_is_closed(name: str, path: str) -> None:
    for method, answer in (("GET", Client().get(path)), ("POST", Client().post(path))):
        leads_to_log_in = answer.status_code == 302 and answer.headers["Location"].startswith(
            reverse("login")
        )
        # The API says to anybody, as its schema does, that an address has no such method.
        has_no_such_method = answer.status_code == 405 and method not in answer.headers["Allow"]
        assert leads_to_log_in or has_no_such_method or answer.status_code == 401


@pytest.mark.django_db
def test_a_viewer_changes_nothing_but_what_is_their_own() -> None:
    viewer = signed_in(Role.VIEWER)
    answers = {name: viewer.post(path).status_code for name, path in CLOSED if name not in OWN}
    assert {name: status for name, status in answers.items() if status not in {403, 405}} == {}


def test_nothing_is_open_to_the_world_that_does_not_exist_any_more() -> None:
    assert OPEN - {name for name, _ in ADDRESSES} == set()
