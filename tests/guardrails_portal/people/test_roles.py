"""What each role, and each token, may do."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.services import start_crawl
from guardrails_portal.people.models import ApiToken, User
from guardrails_portal.people.roles import Role, Scope
from tests.users import make_user, signed_in

SEE = "policies.view_verdict"
CRAWL = "accounts.add_crawl"
SET_UP = "people.change_user"
SEE_AUDIT = "accounts.view_auditentry"
EVERYTHING = {SEE, CRAWL, SET_UP, SEE_AUDIT}


@pytest.mark.parametrize(
    ("role", "permitted"),
    [(Role.VIEWER, {SEE}), (Role.OPERATOR, {SEE, CRAWL}), (Role.ADMIN, EVERYTHING)],
)
def test_each_role_may_do_what_the_one_before_it_may_and_more(
    role: Role, permitted: set[str]
) -> None:
    user = User(username="somebody", role=role)

    assert {one for one in EVERYTHING if user.has_perm(one)} == permitted
    assert user.has_perms(permitted)
    assert user.has_perms(EVERYTHING) == (permitted == EVERYTHING)


@pytest.mark.parametrize("role", Role)
def test_somebody_deactivated_may_do_nothing(role: Role) -> None:
    user = User(username="somebody", role=role, is_active=False)

    assert not any(user.has_perm(one) for one in EVERYTHING)


@pytest.mark.parametrize(
    ("scope", "permitted"),
    [(Scope.READ, {SEE}), (Scope.CRAWL, {SEE, CRAWL}), (Scope.ADMIN, EVERYTHING)],
)
def test_a_token_limits_even_an_administrator(scope: Scope, permitted: set[str]) -> None:
    user = User(username="somebody", role=Role.ADMIN)
    user.token = ApiToken(scope=scope)

    assert {one for one in EVERYTHING if user.has_perm(one)} == permitted


@pytest.mark.parametrize("scope", Scope)
def test_a_token_never_permits_what_its_owner_may_not(scope: Scope) -> None:
    user = User(username="somebody", role=Role.VIEWER)
    user.token = ApiToken(scope=scope)

    assert {one for one in EVERYTHING if user.has_perm(one)} == {SEE}


def test_what_nobody_declared_an_administrator_alone_may_do() -> None:
    for unknown in ("policies.invent_something", "people.view_user", "elsewhere.view_thing", ""):
        assert not User(role=Role.OPERATOR).has_perm(unknown)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "status"), [(Role.VIEWER, 403), (Role.OPERATOR, 302), (Role.ADMIN, 302)]
)
def test_a_viewer_starts_no_crawl(role: Role, status: int) -> None:
    start_crawl()

    assert signed_in(role).post(reverse("policies:crawl")).status_code == status


@pytest.mark.django_db
def test_a_viewer_sees_no_button_that_would_be_refused() -> None:
    page = signed_in(Role.VIEWER).get(reverse("policies:overview")).content.decode()

    assert reverse("policies:crawl") not in page.replace(reverse("policies:crawl-status"), "")
    assert "An operator or an administrator can start one" in page


@pytest.mark.django_db
def test_a_role_that_is_taken_away_is_gone_at_the_next_request(client: Client) -> None:
    user = make_user(Role.OPERATOR)
    client.force_login(user)
    start_crawl()
    User.objects.update(role=Role.VIEWER)

    assert client.post(reverse("policies:crawl")).status_code == 403
