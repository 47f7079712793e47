"""The audit log: what it keeps, and that it keeps it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory

from accounts.auditing import PORTAL, Actor, Kind, actor_of, record
from accounts.models import AuditEntry
from guardrails_portal.people.models import ApiToken, User

pytestmark = pytest.mark.django_db


def test_an_entry_says_who_did_what_to_what_from_where() -> None:
    record(Actor("ada", "ci (gp_abc…)", "192.0.2.7"), Kind.USER, "created", "grace")

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.token, entry.address) == ("ada", "ci (gp_abc…)", "192.0.2.7")
    assert (entry.kind, entry.action, entry.subject) == ("user", "created", "grace")
    assert (entry.before, entry.after) == (None, None)


def test_of_a_change_it_keeps_what_differs() -> None:
    before = {"role": "viewer", "name": "Grace", "until": None}
    after = {"role": "admin", "name": "Grace", "until": datetime(2026, 1, 1, tzinfo=UTC)}
    record(PORTAL, Kind.USER, "changed", "grace", before=before, after=after)

    entry = AuditEntry.objects.get()
    assert entry.before == {"role": "viewer", "until": None}
    assert entry.after == {"role": "admin", "until": "2026-01-01T00:00:00Z"}


def test_the_database_refuses_to_change_or_delete_an_entry() -> None:
    record(PORTAL, Kind.USER, "created", "grace")

    for statement in (
        "UPDATE accounts_auditentry SET actor = 'eve'",
        "DELETE FROM accounts_auditentry",
    ):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert AuditEntry.objects.get().actor == ""


def test_a_change_that_is_rolled_back_leaves_no_entry() -> None:
    def create_and_fail() -> None:
        with transaction.atomic():
            record(PORTAL, Kind.USER, "created", "grace")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        create_and_fail()
    assert not AuditEntry.objects.exists()


def test_whatever_was_typed_as_a_name_can_be_kept() -> None:
    record(Actor("x" * 500, "", None), Kind.SESSION, "failed", "a\0b" * 500)

    entry = AuditEntry.objects.get()
    assert (len(entry.actor), len(entry.subject)) == (150, 300)


def test_the_actor_of_a_request_is_its_user_with_the_token_that_speaks_for_it() -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.7")
    user = User(username="ada")
    request.user = user
    assert actor_of(request) == Actor("ada", "", "192.0.2.7")

    user.token = ApiToken(name="ci", prefix="gp_abc")
    assert actor_of(request) == Actor("ada", "ci (gp_abc…)", "192.0.2.7")
