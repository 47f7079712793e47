"""Logging in by password: argon2, lock-out, one-time passwords, sessions, the audit log."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.auditing import Actor
from accounts.models import AuditEntry
from guardrails_portal.people.models import User
from guardrails_portal.people.roles import Role
from guardrails_portal.people.services.users import create_user, renew_password
from tests.users import HOME, PASSWORD, make_user

pytestmark = pytest.mark.django_db
LOGIN = reverse("login")
ADMIN = Actor("admin")
FIELDS = ("old_password", "new_password1", "new_password2")


def log_in(client: Client, username: str = "ada", password: str = PASSWORD) -> str:
    """What the answer says; nothing where it leads on."""
    answer = client.post(LOGIN, {"login": username, "password": password})
    return "" if answer.status_code == 302 else answer.content.decode()


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("Ada", PASSWORD)


def test_a_right_password_opens_a_session_and_leads_where_one_wanted_to_go(
    client: Client, ada: User
) -> None:
    assert client.get("/users/").headers["Location"] == f"{LOGIN}?next=/users/"
    asked = "the page that you asked for"
    assert asked in client.get(f"{LOGIN}?next=/users/").content.decode()
    assert asked not in client.get(f"{LOGIN}?next=/").content.decode(), "nobody did"
    answer = client.post(LOGIN, {"login": "ADA ", "password": PASSWORD, "next": "/profile/"})

    assert answer.headers["Location"] == "/profile/"
    assert client.get("/profile/").status_code == 200
    session = Session.objects.get()
    assert timedelta(hours=11) < session.expire_date - timezone.now() <= timedelta(hours=12)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:1"])
def test_after_the_log_in_nobody_is_led_elsewhere(client: Client, ada: User, target: str) -> None:
    answer = client.post(LOGIN, {"login": "ada", "password": PASSWORD, "next": target})

    assert answer.headers["Location"] == HOME


def test_passwords_are_hashed_with_argon2(client: Client, argon2: None) -> None:
    User.objects.create_user("ada", PASSWORD)

    assert User.objects.get().password.startswith("argon2$argon2id$")
    assert log_in(client) == ""


def test_a_name_that_was_tried_five_times_is_shut_even_to_the_right_password(
    client: Client, ada: User
) -> None:
    for number, name in enumerate(("ada", "ADA", " Ada", "aDa")):
        assert "not correct" in log_in(Client(REMOTE_ADDR=f"192.0.2.{number}"), name, "wrong")

    assert "tried too often" in log_in(client, "adA", "wrong")
    assert "tried too often" in log_in(client)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert log_in(client) == ""


def test_another_name_is_not_shut_with_it(client: Client, ada: User) -> None:
    User.objects.create_user("grace", PASSWORD)
    for _ in range(6):
        log_in(client, password="wrong")

    assert log_in(client, "grace") == ""


def test_somebody_unknown_hears_the_same_as_somebody_known(client: Client, ada: User) -> None:
    known = log_in(client, password="wrong")
    unknown = log_in(client, "nobody", "wrong")

    assert "not correct" in known
    assert known.replace("ada", "").count("nobody") == 0
    assert [line for line in known.splitlines() if "notice" in line] == [
        line for line in unknown.splitlines() if "notice" in line
    ]


def test_somebody_deactivated_is_told_so_and_is_out_at_once(client: Client, ada: User) -> None:
    assert log_in(client) == ""
    User.objects.update(is_active=False)

    assert client.get("/profile/").headers["Location"].startswith(LOGIN)
    assert "deactivated" in log_in(client)
    assert client.get("/profile/").status_code == 302


def test_with_a_one_time_password_one_chooses_a_password_first(client: Client) -> None:
    user, password = create_user(ADMIN, "Grace", Role.VIEWER, name="Grace Hopper", email="")
    assert log_in(client, "grace", password) == ""

    for address in (reverse("policies:overview"), "/profile/tokens/"):
        assert client.get(address).headers["Location"] == "/profile/password/"
    new = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert client.post("/profile/password/", new).headers["Location"] == "/profile/"
    assert client.get("/profile/").status_code == 200
    user.refresh_from_db()
    assert not user.must_choose_password
    assert log_in(Client(), "grace") == ""
    assert "not correct" in log_in(Client(), "grace", password)


def test_a_one_time_password_is_good_for_three_days(client: Client) -> None:
    _, password = create_user(ADMIN, "grace", Role.VIEWER)
    User.objects.update(password_expires_at=timezone.now() - timedelta(seconds=1))

    assert "one-time password has expired" in log_in(client, "grace", password)
    assert client.get("/profile/").status_code == 302


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        (("wrong", "another-long-password", "another-long-password"), "not your current password"),
        ((PASSWORD, "short", "short"), "at least 12 characters"),
        ((PASSWORD, "123456789012", "123456789012"), "entirely numeric"),
        ((PASSWORD, "another-long-password", "a-different-password"), "two new passwords differ"),
        ((PASSWORD, PASSWORD, PASSWORD), "the password you have now"),
    ],
)
def test_a_password_that_is_no_good_is_refused(
    client: Client, ada: User, typed: tuple[str, str, str], complaint: str
) -> None:
    log_in(client)
    answer = client.post("/profile/password/", dict(zip(FIELDS, typed, strict=True)))

    assert answer.status_code == 400
    assert complaint in answer.content.decode()
    assert log_in(Client()) == ""


def test_a_new_password_signs_out_every_other_session(client: Client, ada: User) -> None:
    elsewhere = Client()
    assert log_in(client) == log_in(elsewhere) == ""
    new = "another-long-password"
    typed = (PASSWORD, new, new)
    client.post("/profile/password/", dict(zip(FIELDS, typed, strict=True)))

    assert client.get("/profile/").status_code == 200
    assert elsewhere.get("/profile/").status_code == 302


def test_signing_out_elsewhere_keeps_this_session_alone(client: Client, ada: User) -> None:
    elsewhere = Client(headers={"user-agent": "Elsewhere/1.0"})
    assert log_in(client) == log_in(elsewhere) == ""
    assert "Elsewhere/1.0" in client.get("/profile/").content.decode()

    client.post("/profile/sign-out/", {"here": "keep"})

    assert elsewhere.get("/profile/").status_code == 302
    assert "Elsewhere/1.0" not in client.get("/profile/").content.decode()


def test_signing_out_everywhere_ends_this_session_too(client: Client, ada: User) -> None:
    elsewhere = Client()
    assert log_in(client) == log_in(elsewhere) == ""

    assert client.post("/profile/sign-out/").headers["Location"] == LOGIN
    for one in (client, elsewhere):
        assert one.get("/profile/").status_code == 302


def test_log_ins_are_in_the_audit_log(client: Client, ada: User) -> None:
    log_in(client, password="wrong")
    log_in(client)
    client.post(reverse("logout"))

    entries = AuditEntry.objects.order_by("id").values_list("actor", "action", "subject", "after")
    assert list(entries) == [
        ("", "refused", "ada", None),
        ("ada", "opened", "ada", {"by": ["password"]}),
        ("ada", "closed", "ada", None),
    ]
    assert set(AuditEntry.objects.values_list("address", flat=True)) == {"127.0.0.1"}


def test_whoever_gets_a_new_one_time_password_is_signed_out(client: Client, ada: User) -> None:
    log_in(client)
    renew_password(ADMIN, ada)

    assert client.get("/profile/").status_code == 302


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000, "", "ada' OR 1=1"])
def test_whatever_is_typed_is_no_error(client: Client, name: str) -> None:
    answer = client.post(LOGIN, {"login": name, "password": "wrong"})

    assert answer.status_code == 200


@pytest.mark.parametrize("address", ["/signup/", "/accounts/signup/", "/password/reset/"])
def test_nobody_signs_up_or_resets_a_password_by_mail(client: Client, address: str) -> None:
    client.force_login(make_user())

    assert client.get(address).status_code == 404
