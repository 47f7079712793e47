"""The pages of connections: who may open them, what they take and what they give away."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import tasks
from accounts.models import AuditEntry, Connection, Crawl
from accounts.services import fail_crawl, start_crawl
from guardrails_portal.people.roles import Role
from policies import tasks as policies_tasks
from tests.users import page as markup
from tests.users import signed_in

pytestmark = pytest.mark.django_db
ROLE = "arn:aws:iam::222222222222:role/reader"
LIST = reverse("accounts:connections")
NEW = reverse("accounts:new-connection")
GIVEN = {"name": "prod", "role_arn": ROLE, "external_id": "only-the-two-of-us", "scheduled": "on"}


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What the worker was asked for; it answers in tests/policies/test_connecting.py."""
    found: list[tuple[str, int]] = []
    monkeypatch.setattr(tasks.try_connection, "delay", lambda key: found.append(("try", key)))
    crawl = policies_tasks.crawl_organization
    monkeypatch.setattr(crawl, "delay", lambda key: found.append(("crawl", key)))
    return found


def page(client: Client, address: str) -> str:
    return html.unescape(markup(client, address))


def of(connection: Connection, name: str = "connection") -> str:
    return reverse(f"accounts:{name}", args=[connection.pk])


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_administrators_alone_see_connections(role: Role) -> None:
    client = signed_in(role)
    assert client.get(LIST).status_code == 403
    assert client.get(NEW).status_code == 403
    assert client.get(reverse("accounts:connection", args=[1])).status_code == 403
    assert client.get(reverse("accounts:trial", args=[1])).status_code == 403
    assert LIST not in page(client, reverse("people:profile"))


def test_the_settings_lead_to_the_connections(admin: Client) -> None:
    assert LIST in page(admin, reverse("people:profile"))
    assert "the worker's own credentials" in page(admin, LIST)


def test_a_connection_is_made_and_tested(
    admin: Client,
    asked: list[tuple[str, int]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        response = admin.post(NEW, {**GIVEN, "interval_minutes": "30", "rate_share": "0.5"})
    connection = Connection.objects.get()
    assert response.headers["Location"] == of(connection)
    assert (connection.name, connection.role_arn) == ("prod", ROLE)
    assert (connection.interval_minutes, connection.rate_share) == (30, 0.5)
    assert asked == [("try", connection.pk)]
    entries = AuditEntry.objects.filter(kind="connection").order_by("pk")
    assert [one.action for one in entries] == ["created", "tested"]


def test_each_new_connection_is_offered_an_external_id_of_its_own_with_the_policies(
    admin: Client,
) -> None:
    offered = {
        re.findall(r'"sts:ExternalId": "([\w-]{32})"', page(admin, NEW))[0] for _ in range(2)
    }
    assert len(offered) == 2
    assert "organizations:ListAccounts" in page(admin, NEW)


def test_the_external_id_typed_stays_in_the_form_and_the_trust_policy_when_something_is_wrong(
    admin: Client,
) -> None:
    response = admin.post(NEW, GIVEN | {"role_arn": "reader"})
    assert response.status_code == 400
    found = html.unescape(response.content.decode())
    assert "Write a role's ARN, such as" in found
    assert '"sts:ExternalId": "only-the-two-of-us"' in found
    assert not Connection.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "This field is required."),
        ("name", "Taken", "Another connection has this name already."),
        ("interval_minutes", "4", "Write minutes from 5 to 10080 (a week)."),
        ("interval_minutes", "often", "Enter a whole number."),
        ("rate_share", "1.5", "Write a share from 0.01 to 1, such as 0.5 for half."),
        ("rate_share", "nan", "Enter a number."),
    ],
)
def test_what_can_not_be_is_said_in_one_sentence(
    admin: Client, field: str, value: str, sentence: str
) -> None:
    Connection.objects.create(name="Taken", profile="taken")
    response = admin.post(NEW, GIVEN | {field: value})
    assert response.status_code == 400
    assert sentence in html.unescape(response.content.decode())
    assert Connection.objects.count() == 1


def test_two_connections_with_the_same_credentials_are_refused(admin: Client) -> None:
    Connection.objects.create(
        name="first", role_arn=ROLE, external_id=GIVEN["external_id"], profile=""
    )
    response = admin.post(NEW, GIVEN)
    assert response.status_code == 400
    assert "Another connection has these credentials already." in response.content.decode()


def test_a_stored_external_id_is_kept_and_shown_to_nobody(admin: Client) -> None:
    admin.post(NEW, GIVEN)
    connection = Connection.objects.get()
    found = page(admin, of(connection))
    assert "only-the-two-of-us" not in found
    assert "Kept as it is (…f-us)" in found
    admin.post(of(connection), GIVEN | {"name": "production", "external_id": ""})
    connection.refresh_from_db()
    assert (connection.name, connection.external_id) == ("production", "only-the-two-of-us")


def test_a_connection_without_a_role_has_no_external_id(admin: Client) -> None:
    admin.post(NEW, GIVEN)
    connection = Connection.objects.get()
    admin.post(of(connection), {"name": "prod", "role_arn": "", "profile": "audit"})
    connection.refresh_from_db()
    assert (connection.role_arn, connection.external_id, connection.profile) == ("", "", "audit")
    assert not connection.scheduled


def test_another_name_asks_for_no_test_and_other_credentials_do(
    admin: Client,
    asked: list[tuple[str, int]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    now = timezone.now()
    connection = Connection.objects.create(
        name="prod", role_arn=ROLE, external_id="1", trial_asked_at=now, tried_at=now
    )
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(of(connection), GIVEN | {"name": "production", "external_id": ""})
        assert asked == []
        admin.post(of(connection), GIVEN | {"external_id": "2"})
    assert asked == [("try", connection.pk)]


def test_the_answer_of_a_test_is_awaited_and_shown(admin: Client) -> None:
    connection = Connection.objects.create(name="prod", profile="prod")
    assert "names what is not allowed" in page(admin, of(connection, "trial"))
    answer = admin.post(of(connection, "test-connection"), headers={"HX-Request": "true"})
    assert b"A worker is asking AWS" in answer.content
    assert 'hx-trigger="load delay:1s"' in page(admin, of(connection, "trial"))

    asked = timezone.now() - timedelta(seconds=30)
    Connection.objects.update(trial_asked_at=asked)
    assert "No worker has answered so far." in page(admin, of(connection, "trial"))
    Connection.objects.update(trial_asked_at=asked - timedelta(minutes=2))
    found = page(admin, of(connection, "trial"))
    assert "No worker answered." in found
    assert "hx-trigger" not in found

    Connection.objects.update(tried_at=timezone.now(), trial_sentence="Not allowed.")
    assert "It does not work." in page(admin, of(connection, "trial"))
    assert "Not allowed." in page(admin, of(connection))


def test_without_scripts_a_test_leads_back_to_the_page(admin: Client) -> None:
    connection = Connection.objects.create(name="prod", profile="prod")
    answer = admin.post(of(connection, "test-connection"))
    assert answer.headers["Location"] == of(connection)


def test_the_list_tells_of_the_last_crawl_in_a_fixed_number_of_queries(
    admin: Client, django_assert_max_num_queries: Any
) -> None:
    made = [Connection.objects.create(name=f"prod-{one}", profile=f"prod-{one}") for one in "12345"]
    for connection in made:
        fail_crawl(start_crawl(connection), "It went wrong.")
        start_crawl(connection)
    with django_assert_max_num_queries(8):
        found = page(admin, LIST)
    assert found.count("running now") == 5
    Crawl.objects.filter(state="running").delete()
    assert "It went wrong." in page(admin, of(made[0]))


def test_crawl_now_asks_for_that_connection(
    admin: Client,
    asked: list[tuple[str, int]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    one, other = (Connection.objects.create(name=name, profile=name) for name in ("one", "other"))
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(reverse("policies:crawl"), {"connection": other.pk})
    assert asked == [("crawl", other.pk)]
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(reverse("policies:crawl"))
    assert asked[1:] == [("crawl", one.pk), ("crawl", other.pk)]
    assert admin.post(reverse("policies:crawl"), {"connection": "x"}).status_code == 404


def test_a_deleted_connection_leaves_what_it_found(admin: Client) -> None:
    connection = Connection.objects.create(name="prod", profile="prod")
    crawl = start_crawl(connection)
    admin.post(of(connection, "delete-connection"))
    assert not Connection.objects.exists()
    # The crawl that was running by it ends all the same.
    fail_crawl(crawl, "It went wrong.")
    crawl.refresh_from_db()
    assert (crawl.connection, crawl.state) == (None, "failed")


def test_the_first_page_leads_an_administrator_to_the_first_connection(admin: Client) -> None:
    overview = reverse("policies:overview")
    assert NEW in page(admin, overview)
    assert NEW not in page(signed_in(Role.OPERATOR), overview)
    connection = Connection.objects.create(name="prod", profile="prod")
    fail_crawl(start_crawl(connection), "It went wrong.")
    assert of(connection) in page(admin, overview)
