"""What Prometheus is told, and that nobody else is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from accounts.auditing import PORTAL
from accounts.services import fail_crawl, start_crawl
from guardrails_portal.people.roles import Role, Scope
from guardrails_portal.people.services.tokens import create_token
from policies.services.recording import record
from tests.factories import NO_LOGIN_PROFILES, Scp, organization
from tests.policies.reports.writing import crawled, failed, made
from tests.users import make_user

pytestmark = pytest.mark.django_db


def scrape(client: Client) -> dict[tuple[str, frozenset[str]], float]:
    """Values by name and labels' values, as a Prometheus with a token of scope `read` sees."""
    until = timezone.now() + timedelta(days=1)
    _, secret = create_token(PORTAL, make_user(Role.VIEWER), "prometheus", Scope.READ, until)
    answer = client.get("/metrics", headers={"authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    return {
        (sample.name, frozenset(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def test_prometheus_sees_posture_crawls_and_what_waits(client: Client) -> None:
    accounts = {"payments": "Workloads", "orders": "Workloads", "sandbox": "Sandbox"}
    record(start_crawl(), organization(accounts, [Scp("No", NO_LOGIN_PROFILES, at=["Workloads"])]))
    fail_crawl(start_crawl(), "It failed.")

    found = scrape(client)

    profiles = {"o-example0001", "prevent-login-profiles"}
    assert found["portal_accounts", frozenset({*profiles, "enforced"})] == 2
    assert found["portal_accounts", frozenset({*profiles, "missing"})] == 1
    assert found["portal_posture_age_seconds", frozenset({"o-example0001"})] > 0
    assert found["portal_crawls_total", frozenset({"completed"})] == 1
    assert found["portal_crawls_total", frozenset({"failed"})] == 1
    assert found["portal_last_crawl_duration_seconds", frozenset({"o-example0001"})] >= 0
    assert found["portal_waiting_tasks", frozenset()] >= 0
    assert any(name.startswith("django_http_requests") for name, _ in found)


def test_prometheus_sees_how_often_aws_throttled_a_crawl(client: Client) -> None:
    crawl = start_crawl()
    crawl.calls, crawl.throttled = {"ListAccounts": 7, "ListPolicies": 1}, {"ListAccounts": 2}
    record(crawl, organization())

    found = scrape(client)

    listing = frozenset({"o-example0001", "ListAccounts"})
    assert found["portal_last_crawl_calls", listing] == 7
    assert found["portal_last_crawl_throttled_calls", listing] == 2
    policies = frozenset({"o-example0001", "ListPolicies"})
    assert found["portal_last_crawl_throttled_calls", policies] == 0


def test_prometheus_sees_reports_that_reach_nobody(client: Client) -> None:
    crawled()
    failed(made("ciso@example.com"), "550 No such user here")
    made("audit@example.com")

    found = scrape(client)

    assert found["portal_report_deliveries", frozenset({"failed"})] == 1
    assert found["portal_report_deliveries", frozenset({"waiting"})] == 1
    assert found["portal_failing_report_schedules", frozenset({"o-example0001"})] == 1


def test_before_the_first_crawl_there_is_something_to_scrape(client: Client) -> None:
    assert scrape(client)["portal_crawls_total", frozenset({"completed"})] == 0


def test_nobody_sees_metrics_without_a_log_in(client: Client) -> None:
    assert client.get("/metrics").status_code == 401
