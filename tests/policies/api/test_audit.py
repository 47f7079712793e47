"""The audit log over the API, for what collects such logs."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.auditing import Actor, Kind, record
from accounts.models import AuditEntry
from tests.policies.api.asking import send

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries(admin: Client) -> list[AuditEntry]:
    """What was done after the administrator had signed in, oldest first."""
    ada = Actor("ada", token="ci (gp_abc…)", address="192.0.2.7")
    record(ada, Kind.PARAMETERS, "changed", "o-x", before={"trail": "*"}, after={"trail": "audit"})
    record(Actor("grace"), Kind.CRAWL, "asked for", "production")
    record(Actor(), Kind.REPORT, "deleted", "Weekly posture", before={"name": "Weekly posture"})
    return list(AuditEntry.objects.exclude(kind="session").order_by("pk"))


def subjects(admin: Client, query: str = "") -> list[str]:
    found = send(admin, "GET", f"audit?{query}" if query else "audit")
    return [one["subject"] for one in found["results"]]


def test_an_entry_says_who_did_what_from_where_and_what_differed(
    admin: Client, entries: list[AuditEntry]
) -> None:
    shown = send(admin, "GET", f"audit/{entries[0].pk}")
    assert shown.pop("at").endswith("Z")
    assert shown == {
        "id": entries[0].pk,
        "actor": "ada",
        "token": "ci (gp_abc…)",
        "address": "192.0.2.7",
        "kind": "parameters",
        "action": "changed",
        "subject": "o-x",
        "before": {"trail": "*"},
        "after": {"trail": "audit"},
    }


def test_the_log_is_read_newest_first_and_narrowed(
    admin: Client, entries: list[AuditEntry]
) -> None:
    assert subjects(admin) == ["Weekly posture", "production", "o-x", "admin"]
    assert subjects(admin, "ordering=id") == ["admin", "o-x", "production", "Weekly posture"]
    assert subjects(admin, "kind=crawl,report") == ["Weekly posture", "production"]
    assert subjects(admin, "actor=Ada") == ["o-x"]
    assert subjects(admin, "subject=posture") == ["Weekly posture"]
    middle = f"{entries[1].at:%Y-%m-%dT%H:%M:%S.%fZ}"
    assert subjects(admin, f"since={middle}") == ["Weekly posture", "production"]
    assert subjects(admin, f"until={middle}") == ["o-x", "admin"]


def test_whoever_follows_the_log_misses_no_entry(admin: Client, entries: list[AuditEntry]) -> None:
    first = send(admin, "GET", "audit?ordering=id&page_size=3")
    record(Actor("grace"), Kind.CRAWL, "asked for", "meanwhile")
    rest = admin.get(first["next"]).json()
    assert [one["subject"] for one in rest["results"]] == ["Weekly posture", "meanwhile"]


def test_nothing_writes_to_the_log_but_what_is_done(
    admin: Client, entries: list[AuditEntry]
) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        send(admin, method, f"audit/{entries[0].pk}", {}, 405)
