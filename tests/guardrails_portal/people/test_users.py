"""Users, as administrators manage them, and who may."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.auditing import Actor
from accounts.models import AuditEntry
from guardrails_portal.people.models import User
from guardrails_portal.people.roles import Role, Scope
from guardrails_portal.people.services.users import Refused, change_user
from tests.guardrails_portal.people.test_tokens import token_for
from tests.users import PASSWORD, make_user, signed_in

pytestmark = pytest.mark.django_db
USERS = reverse("people:users")
NEW = reverse("people:new-user")
AUDIT = reverse("people:audit")
ADMIN = Actor("admin")


def of(username: str, what: str = "user") -> str:
    return reverse(f"people:{what}", args=[username])


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_nobody_but_an_administrator_sees_or_changes_users(role: Role) -> None:
    browser = signed_in(role)
    make_user(Role.VIEWER, "grace")

    for address in (USERS, NEW, of("grace"), AUDIT):
        assert browser.get(address).status_code == 403
        assert Client().get(address).status_code == 302
    for what in ("user", "set-active", "renew-password", "remove-second-factor", "sign-out-user"):
        assert browser.post(of("grace", what), {"role": "admin"}).status_code == 403
    assert browser.post(NEW, {"username": "eve", "role": "admin"}).status_code == 403
    assert set(User.objects.values_list("username", "role", "is_active")) == {
        (role.value, role.value, True),
        ("grace", "viewer", True),
    }


def test_a_new_user_gets_a_one_time_password_that_is_shown_once(admin: Client) -> None:
    form = {"username": "Grace", "name": "Grace Hopper", "email": "", "role": "operator"}
    answer = admin.post(NEW, form)

    assert answer.status_code == 201
    password = re.findall(r'<code class="secret">(\S+)</code>', answer.content.decode())[0]
    grace = User.objects.get(username="grace")
    assert grace.check_password(password)
    assert grace.role == Role.OPERATOR
    assert grace.must_choose_password
    assert "no-store" in answer.headers["Cache-Control"]
    for address in (USERS, of("grace"), AUDIT):
        page = admin.get(address).content.decode()
        assert "grace" in page
        assert password not in page


@pytest.mark.parametrize(
    ("username", "complaint"),
    [
        ("ADMIN", "There is a user of this name already"),
        ("a b", "Enter a valid username"),
        ("", "This field is required"),
    ],
)
def test_a_name_that_is_no_good_is_refused(admin: Client, username: str, complaint: str) -> None:
    answer = admin.post(NEW, {"username": username, "role": "viewer"})

    assert answer.status_code == 400
    assert complaint in answer.content.decode()
    assert User.objects.count() == 1


def test_a_role_is_changed_and_the_log_says_from_what_to_what(admin: Client) -> None:
    make_user(Role.VIEWER, "grace")
    admin.post(of("grace"), {"name": "", "email": "", "role": "operator"})

    assert User.objects.get(username="grace").role == Role.OPERATOR
    entry = AuditEntry.objects.filter(kind="user").latest("id")
    assert (entry.actor, entry.subject, entry.action) == ("admin", "grace", "changed")
    assert (entry.before, entry.after) == ({"role": "viewer"}, {"role": "operator"})


def test_saving_without_a_change_leaves_no_entry(admin: Client) -> None:
    make_user(Role.VIEWER, "grace")
    admin.post(of("grace"), {"name": "", "email": "", "role": "viewer"})

    assert not AuditEntry.objects.filter(kind="user").exists()


def test_somebody_deactivated_is_signed_out_and_comes_back_when_let_in_again(admin: Client) -> None:
    grace = User.objects.create_user("grace", PASSWORD)
    browser = Client()
    log_in = {"login": "grace", "password": PASSWORD}
    browser.post(reverse("login"), log_in)

    admin.post(of("grace", "set-active"), {"active": "no"})
    assert browser.get("/profile/").status_code == 302
    admin.post(of("grace", "set-active"), {"active": "yes"})
    assert browser.get("/profile/").status_code == 302
    browser.post(reverse("login"), log_in)
    assert browser.get("/profile/").status_code == 200
    grace.refresh_from_db()
    assert grace.is_active


@pytest.mark.parametrize("changes", [{"role": Role.OPERATOR}, {"is_active": False}])
def test_the_last_administrator_stays_one(changes: dict[str, object]) -> None:
    last = make_user(Role.ADMIN)
    User.objects.create_user("former", role=Role.ADMIN, is_active=False)

    with pytest.raises(Refused, match="only administrator left"):
        change_user(ADMIN, last, **changes)
    last.refresh_from_db()
    assert (last.role, last.is_active) == (Role.ADMIN, True)

    make_user(Role.ADMIN, "second")
    change_user(ADMIN, last, **changes)


def test_the_page_says_why_the_last_administrator_stays(admin: Client) -> None:
    answer = admin.post(of("admin"), {"name": "", "email": "", "role": "viewer"})

    assert answer.status_code == 400
    assert "only administrator left" in answer.content.decode()


def test_an_administrator_signs_somebody_out_and_gives_a_new_password(admin: Client) -> None:
    grace = User.objects.create_user("grace", PASSWORD)
    browser = Client()
    browser.post(reverse("login"), {"login": "grace", "password": PASSWORD})
    admin.post(of("grace", "sign-out-user"))
    assert browser.get("/profile/").status_code == 302

    page = admin.post(of("grace", "renew-password")).content.decode()
    password = re.findall(r'<code class="secret">(\S+)</code>', page)[0]
    grace.refresh_from_db()
    assert grace.check_password(password)
    assert not grace.check_password(PASSWORD)


def test_somebody_unknown_is_not_found(admin: Client) -> None:
    assert admin.get(of("nobody")).status_code == 404


def test_the_audit_page_filters_and_shows_names_as_text(admin: Client) -> None:
    evil = "<script>alert(1)</script>"
    User.objects.create_user("grace", name=evil)
    admin.post(of("grace"), {"name": f"{evil}2", "email": "", "role": "admin"})

    page = admin.get(AUDIT, {"kind": "user", "actor": "Admin", "subject": "grac"}).content.decode()
    assert "viewer" in page
    assert "<script>alert" not in page
    assert "Nothing of this kind" in admin.get(AUDIT, {"actor": "nobody"}).content.decode()
    assert "Nothing of this kind" in admin.get(AUDIT, {"until": "2020-01-01"}).content.decode()
    assert admin.get(AUDIT, {"since": "yesterday"}).status_code == 400
    assert admin.get(AUDIT, {"page": "9999"}).status_code == 200


def test_a_token_is_shown_once_and_revoked_by_its_owner_alone() -> None:
    operator = signed_in(Role.OPERATOR)
    address = reverse("people:tokens")
    answer = operator.post(address, {"name": "pipeline", "scope": "crawl", "days": "30"})
    assert answer.status_code == 201
    secret = re.findall(r"gp_[\w-]{43}", answer.content.decode())[0]
    page = operator.get(address).content.decode()
    assert "pipeline" in page
    assert secret not in page

    other, _ = token_for(Role.VIEWER, Scope.READ)
    revoke = reverse("people:revoke-token", args=[other.pk])
    assert operator.post(revoke).status_code == 404
    own = User.objects.get(username="operator").tokens.get()
    operator.post(reverse("people:revoke-token", args=[own.pk]))
    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.state, other.state) == ("revoked", "valid")
    assert signed_in(Role.ADMIN).post(revoke).status_code == 302
    other.refresh_from_db()
    assert other.state == "revoked"


@pytest.mark.parametrize("form", [{"scope": "admin"}, {"days": "9999"}, {"name": ""}])
def test_a_token_beyond_ones_own_role_is_not_made(form: dict[str, str]) -> None:
    given = {"name": "pipeline", "scope": "read", "days": "30"} | form
    answer = signed_in(Role.VIEWER).post(reverse("people:tokens"), given)

    assert answer.status_code == 400
    assert not User.objects.get().tokens.exists()
