"""Postures and schedules for the tests of reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import connection

from accounts.auditing import PORTAL
from accounts.models import Organization
from accounts.services import start_crawl
from accounts.snapshot import OrganizationSnapshot
from policies.models import Assessment, Delivery, Report, ReportRecipient, ReportSchedule
from policies.reports.channels.webhook import new_secret
from policies.reports.making import make
from policies.services import deliveries
from policies.services.recording import record
from policies.services.report_schedules import save_schedule, send_now
from tests.factories import NO_LOGIN_PROFILES, TAKEN_AT, Scp, organization

ROOT = Path(__file__).resolve().parents[3]
ACCOUNTS = {
    "payments": "Workloads/Payments",
    "orders": "Workloads/Orders",
    "sandbox": "Sandbox",
}
EMAIL, CHAT, WEBHOOK = ReportRecipient.Kind


def database_url() -> str:
    """Of the tests' own database, for other processes."""
    database = connection.settings_dict
    return f"postgres://{database['USER']}@/{database['NAME']}?host={quote(database['HOST'], '')}"


def posture(
    protected: Sequence[str] = ("Workloads",), *, days: float = 0, **more: Any
) -> OrganizationSnapshot:
    """An organization whose units `protected` have no login profiles, so long after the first."""
    scps = [Scp("No login profiles", NO_LOGIN_PROFILES, at=protected)] if protected else []
    taken_at: datetime = TAKEN_AT + timedelta(days=days)
    return organization(ACCOUNTS, scps, taken_at=taken_at, **more)


def crawled(protected: Sequence[str] = ("Workloads",), *, days: float = 0) -> Assessment:
    return record(start_crawl(), posture(protected, days=days))


def recipient(address: str) -> ReportRecipient:
    made = ReportRecipient(kind=EMAIL, address=address, shown=address)
    if address.startswith("http"):
        made.kind, made.secret = WEBHOOK, new_secret()
    elif "://" in address:
        made.kind = CHAT
    return made


def scheduled(*to: str, **fields: Any) -> ReportSchedule:
    """A schedule of the one organization, weekly on Monday at 08:00 UTC unless `fields` say."""
    organization = fields.pop("organization", None) or Organization.objects.get()
    named = {"name": "Weekly posture"} | fields
    schedule = ReportSchedule(organization=organization, **named)
    return save_schedule(PORTAL, schedule, [recipient(one) for one in to])


def made(*to: str, **fields: Any) -> Report:
    """A report that somebody asked for, as `make` leaves it."""
    report = send_now(PORTAL, scheduled(*to, **fields))
    make(report.pk)
    return Report.objects.get(pk=report.pk)


def failed(report: Report, sentence: str) -> Delivery:
    """Its one delivery, given up for this reason."""
    delivery = report.deliveries.get()
    Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.PREPARING)
    deliveries.fail(delivery, sentence)
    return report.deliveries.get()
