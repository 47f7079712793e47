"""Deliveries to a real mail server and a real receiver: retried, told, not doubled, not lost."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import override_settings
from pytest_django import Settings
from standardwebhooks import Webhook

from accounts.auditing import PORTAL
from policies.models import Delivery, Report
from policies.reports.content import PostureReport
from policies.reports.files import FORMATS
from policies.reports.making import make
from policies.reports.sending import deliver
from policies.services.deliveries import LEASE, WAITS, send_again, unsent
from policies.services.report_schedules import send_now
from tests.policies.reports.conftest import MailServer, Receiver
from tests.policies.reports.writing import ROOT, crawled, database_url, scheduled

State = Delivery.State


def made(*to: str, **fields: object) -> Report:
    """A report of one posture, made and not yet delivered."""
    crawled()
    report = send_now(PORTAL, scheduled(*to, **fields))
    make(report.pk)
    report.refresh_from_db()
    assert report.state == Report.State.MADE
    return report


def sent_once(report: Report) -> Delivery:
    """The report's one delivery, after one attempt."""
    deliver(report.deliveries.get().pk)
    return report.deliveries.get()


@pytest.mark.django_db
def test_an_email_has_text_html_and_the_files_that_the_schedule_names(mail: MailServer) -> None:
    delivery = sent_once(made("ciso@example.com", attachments=["pdf", "csv", "json"]))
    assert (delivery.state, delivery.error) == (State.SENT, "")
    (message,) = mail.messages
    assert mail.recipients == ["ciso@example.com"]
    assert message["Subject"].startswith("Weekly posture: 0 of 3 accounts")
    assert message["Message-ID"] == f"<{delivery.pk}@example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "3 accounts lack" in html.get_content()
    assert "COVERAGE" in text.get_content()
    files = {part.get_filename(): part.get_content() for part in message.iter_attachments()}
    name = "weekly-posture-2026-11-23"
    assert set(files) == {f"{name}.pdf", f"{name}.csv", f"{name}.json"}
    assert files[f"{name}.pdf"].startswith(b"%PDF")
    assert json.loads(files[f"{name}.json"])["format"] == "guardrails-portal/posture-report"


@pytest.mark.django_db
def test_the_files_are_made_once_for_all_who_get_them(
    mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_files: list[str] = []
    render = FORMATS["json"].render

    def noted(report: PostureReport) -> Iterator[bytes]:
        made_files.append(report.title)
        return render(report)

    monkeypatch.setitem(FORMATS, "json", dataclasses.replace(FORMATS["json"], render=noted))
    report = made("ciso@example.com", "audit@example.com", attachments=["json"])
    for delivery in report.deliveries.all():
        deliver(delivery.pk)
    assert sorted(mail.recipients) == ["audit@example.com", "ciso@example.com"]
    first, second = (
        [part.get_content() for part in message.iter_attachments()] for message in mail.messages
    )
    assert first == second != []
    assert made_files == ["Weekly posture"]


@pytest.mark.django_db
def test_a_server_that_is_busy_is_asked_again_after_a_while(mail: MailServer) -> None:
    mail.answers = ["451 4.3.0 Try again later"]
    report = made("ciso@example.com")
    delivery = sent_once(report)
    assert delivery.state == State.WAITING
    assert "451 4.3.0 Try again later" in delivery.error
    deliver(delivery.pk)
    assert mail.messages == [], "not before its time"
    with time_machine.travel(datetime.now(UTC) + WAITS[0] + timedelta(seconds=1)):
        assert unsent(datetime.now(UTC)) == [delivery.pk]
        deliver(delivery.pk)
    assert report.deliveries.get().state == State.SENT
    assert len(mail.messages) == 1


@pytest.mark.django_db
def test_an_address_that_does_not_exist_fails_at_once_and_the_others_get_it(
    mail: MailServer,
) -> None:
    report = made("unknown@example.com", "ciso@example.com")
    for delivery in report.deliveries.all():
        deliver(delivery.pk)
    failed = report.deliveries.get(address="unknown@example.com")
    assert failed.state == State.FAILED
    assert "550 5.1.1 No such user here" in failed.error
    assert mail.recipients == ["ciso@example.com"]


@pytest.mark.django_db
def test_without_a_mail_server_the_delivery_says_what_to_set(mail: MailServer) -> None:
    with override_settings(EMAIL_HOST=""):
        delivery = sent_once(made("ciso@example.com"))
    assert (delivery.state, delivery.error) == (
        State.FAILED,
        "No mail server is set: EMAIL_URL names one.",
    )


@pytest.mark.django_db
def test_a_server_that_is_away_is_tried_for_hours_and_then_it_fails(mail: MailServer) -> None:
    report = made("ciso@example.com")
    now = datetime.now(UTC)
    with override_settings(EMAIL_PORT=1):
        for wait in (timedelta(0), *WAITS):
            now += wait + timedelta(seconds=1)
            with time_machine.travel(now):
                deliver(report.deliveries.get().pk)
    delivery = report.deliveries.get()
    assert delivery.state == State.FAILED
    assert delivery.attempts == len(WAITS) + 1
    assert "The mail server can't be reached" in delivery.error
    assert send_again(delivery, datetime.now(UTC))
    deliver(delivery.pk)
    assert report.deliveries.get().state == State.SENT


@pytest.mark.django_db
def test_a_webhook_is_signed_as_standard_webhooks_says(receiver: Receiver) -> None:
    delivery = sent_once(made(receiver.url))
    assert delivery.state == State.SENT, delivery.error
    ((headers, body),) = receiver.requests
    told = Webhook(delivery.secret).verify(body.decode(), headers)
    assert told["type"] == "report.made"
    assert told["data"]["complete"] == 0
    assert told["data"]["measures"][1]["now"]["enforced"] == 2
    assert "snapshot" not in told["data"]
    assert headers["webhook-id"] == f"msg_{delivery.pk}" == told["id"]
    key = base64.b64decode(delivery.secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


@pytest.mark.django_db
def test_a_webhook_that_is_tried_again_has_the_same_id(receiver: Receiver) -> None:
    receiver.answers = [503]
    report = made(receiver.url)
    delivery = sent_once(report)
    assert (delivery.state, delivery.error) == (State.WAITING, "It answered 503.")
    with time_machine.travel(delivery.next_attempt_at + timedelta(seconds=1)):
        deliver(delivery.pk)
    assert report.deliveries.get().state == State.SENT
    first, second = (headers for headers, _ in receiver.requests)
    assert first["webhook-id"] == second["webhook-id"]
    assert first["webhook-timestamp"] != second["webhook-timestamp"]


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "sentence"), [(404, "It answered 404."), (302, "a redirect")])
def test_a_webhook_that_says_no_or_leads_elsewhere_fails(
    receiver: Receiver, status: int, sentence: str
) -> None:
    receiver.answers, receiver.location = [status], receiver.url
    delivery = sent_once(made(receiver.url))
    assert delivery.state == State.FAILED
    assert sentence in delivery.error
    assert len(receiver.requests) == 1


@pytest.mark.django_db
def test_a_webhook_to_an_address_inside_is_refused_where_it_connects(
    receiver: Receiver, settings: Settings
) -> None:
    """The name may have led to the internet when it was added."""
    report = made(receiver.url)
    settings.DELIVERY_ALLOWED_NETWORKS = []
    delivery = sent_once(report)
    assert delivery.state == State.FAILED
    assert "127.0.0.1 is an address inside a network" in delivery.error
    assert receiver.requests == []


@pytest.mark.django_db
def test_a_chat_gets_a_few_lines(receiver: Receiver) -> None:
    host = receiver.url.removeprefix("http://").removesuffix("/hook")
    delivery = sent_once(made(f"mmost://{host}/abcdefghijklmnopqrstuvwxyz"))
    assert delivery.state == State.SENT, delivery.error
    (body,) = receiver.bodies()
    assert "0 of 3 accounts have all 5 guardrails." in body["text"]
    assert "Login profiles: 66 %" in body["text"]


@pytest.mark.django_db
def test_a_chat_that_fails_says_why_and_is_tried_again(receiver: Receiver) -> None:
    receiver.answers = [500]
    host = receiver.url.removeprefix("http://").removesuffix("/hook")
    delivery = sent_once(made(f"mmost://{host}/abcdefghijklmnopqrstuvwxyz"))
    assert delivery.state == State.WAITING
    assert "500" in delivery.error


@pytest.mark.django_db
def test_a_chat_inside_is_refused_where_it_connects(receiver: Receiver, settings: Settings) -> None:
    host = receiver.url.removeprefix("http://").removesuffix("/hook")
    report = made(f"mmost://{host}/abcdefghijklmnopqrstuvwxyz")
    settings.DELIVERY_ALLOWED_NETWORKS = []
    assert sent_once(report).state in (State.FAILED, State.WAITING)
    assert receiver.requests == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_it_once(mail: MailServer) -> None:
    report = made("ciso@example.com")
    key = report.deliveries.get().pk

    def run() -> None:
        try:
            deliver(key)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mail.messages) == 1
    assert report.deliveries.get().state == State.SENT


# A worker that kills itself as kill -9 does, before or after it enters `sending`.
_DYING = """
import os, signal, sys, uuid
import django
django.setup()
from django.conf import settings
settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(sys.argv[3])
from policies.reports import sending
begin = sending.deliveries.begin_sending
def dying(*arguments):
    if sys.argv[2] == "after":
        begin(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)
sending.deliveries.begin_sending = dying
sending.deliver(uuid.UUID(sys.argv[1]))
"""


def killed(delivery: Delivery, when: str, mail: MailServer) -> None:
    """Let a process deliver, and die before or after it enters `sending`."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "guardrails_portal.settings",
    }
    ended = subprocess.run(
        [sys.executable, "-c", _DYING, str(delivery.pk), when, str(mail.port)],
        cwd=ROOT,
        env=environment,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL


def after_its_lease() -> datetime:
    return datetime.now(UTC) + LEASE + timedelta(seconds=1)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_render_and_send_neither_loses_nor_doubles_it(
    mail: MailServer,
) -> None:
    report = made("ciso@example.com")
    killed(report.deliveries.get(), "before", mail)
    assert report.deliveries.get().state == State.PREPARING
    deliver(report.deliveries.get().pk)
    assert mail.messages == [], "its lease is not over"
    with time_machine.travel(after_its_lease()):
        deliver(report.deliveries.get().pk)
        deliver(report.deliveries.get().pk)
    assert report.deliveries.get().state == State.SENT
    assert len(mail.messages) == 1


@pytest.mark.django_db(transaction=True)
def test_an_email_cut_off_while_it_was_sent_is_shown_and_not_sent_twice(mail: MailServer) -> None:
    report = made("ciso@example.com")
    killed(report.deliveries.get(), "after", mail)
    assert report.deliveries.get().state == State.SENDING
    with time_machine.travel(after_its_lease()):
        deliver(report.deliveries.get().pk)
    delivery = report.deliveries.get()
    assert delivery.state == State.FAILED
    assert "may or may not have arrived" in delivery.error
    assert mail.messages == []


@pytest.mark.django_db(transaction=True)
def test_a_webhook_cut_off_while_it_was_sent_is_sent_again_under_its_id(
    receiver: Receiver, mail: MailServer
) -> None:
    report = made(receiver.url)
    killed(report.deliveries.get(), "after", mail)
    with time_machine.travel(after_its_lease()):
        deliver(report.deliveries.get().pk)
    assert report.deliveries.get().state == State.SENT
    assert len(receiver.requests) == 1


@pytest.mark.django_db
def test_a_worker_whose_lease_was_over_changes_nothing_any_more(mail: MailServer) -> None:
    from policies.services.deliveries import begin_sending, fail, take_up

    report = made("ciso@example.com")
    now = datetime.now(UTC)
    slow = take_up(report.deliveries.get().pk, now)
    assert slow is not None
    with time_machine.travel(after_its_lease()):
        deliver(slow.pk)
    assert not begin_sending(slow, now)
    fail(slow, "too late")
    assert report.deliveries.get().state == State.SENT
