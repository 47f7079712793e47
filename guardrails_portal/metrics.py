"""Metrics for Prometheus: what the portal knows, and how its web server does.

Prometheus sends an API token (`authorization: {credentials: gp_…}`), whose scope `read` will do.
The posture is read from the database at each scrape, so that every process tells the same.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.utils import timezone
from django_prometheus.exports import ExportToDjangoView
from kombu.exceptions import KombuError
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from rest_framework.decorators import api_view
from rest_framework.request import Request

from accounts.models import Crawl, Organization
from guardrails_portal.celery import app
from policies.models import Assessment, Delivery
from policies.selectors.reports import report_problems

_BROKER_SECONDS = 2


@api_view(["GET"])
def metrics(request: Request) -> HttpResponse:
    registry = CollectorRegistry()
    registry.register(Posture())
    registry.register(Work())
    registry.register(Reports())
    # Requests by view and status, latencies, the process: with WEB_CONCURRENCY above 1 of all
    # processes, if PROMETHEUS_MULTIPROC_DIR names a folder.
    of_the_web: HttpResponse = ExportToDjangoView(request)
    of_the_web.content = generate_latest(registry) + of_the_web.content
    return of_the_web


class Posture(Collector):
    """Coverage by the latest assessment of each organization."""

    def collect(self) -> Iterator[Metric]:
        accounts = GaugeMetricFamily(
            "portal_accounts",
            "Accounts by guardrail and status in the posture of now.",
            labels=["organization", "guardrail", "status"],
        )
        age = GaugeMetricFamily(
            "portal_posture_age_seconds",
            "Seconds since AWS was read for the posture of now.",
            labels=["organization"],
        )
        latest = Assessment.objects.order_by("organization_id", "-taken_at", "-pk")
        now = timezone.now()
        for one in latest.distinct("organization_id").select_related("organization"):
            organization = one.organization.aws_id
            age.add_metric([organization], (now - one.taken_at).total_seconds())
            for guardrail, by_status in one.totals.items():
                for status, number in by_status.items():
                    accounts.add_metric([organization, guardrail, status], number)
        yield accounts
        yield age


class Work(Collector):
    """Crawls, and what waits for a worker."""

    def collect(self) -> Iterator[Metric]:
        crawls = CounterMetricFamily("portal_crawls", "Crawls by how they ended.", labels=["state"])
        yield _by_state(crawls, Crawl)
        yield from self._last_crawls()
        if (waiting := _waiting_tasks()) is not None:
            yield GaugeMetricFamily(
                "portal_waiting_tasks", "Tasks that no worker has taken yet.", value=waiting
            )

    def _last_crawls(self) -> Iterator[Metric]:
        duration = GaugeMetricFamily(
            "portal_last_crawl_duration_seconds",
            "How long the last complete crawl took.",
            labels=["organization"],
        )
        calls = GaugeMetricFamily(
            "portal_last_crawl_calls",
            "Requests to AWS of the last complete crawl.",
            labels=["organization", "api"],
        )
        throttled = GaugeMetricFamily(
            "portal_last_crawl_throttled_calls",
            "Those of them that AWS answered with a throttling error.",
            labels=["organization", "api"],
        )
        complete = Crawl.objects.filter(state=Crawl.State.COMPLETED)
        last = complete.order_by("organization_id", "-started_at").distinct("organization_id")
        for crawl in last.select_related("organization"):
            organization = crawl.organization.aws_id if crawl.organization else ""
            duration.add_metric([organization], crawl.duration.total_seconds())
            for api, number in crawl.calls.items():
                calls.add_metric([organization, api], number)
                throttled.add_metric([organization, api], crawl.throttled.get(api, 0))
        yield duration
        yield calls
        yield throttled


class Reports(Collector):
    """Whether reports reach those who wait for them."""

    def collect(self) -> Iterator[Metric]:
        deliveries = GaugeMetricFamily(
            "portal_report_deliveries",
            "Deliveries of the reports that are kept, by state.",
            labels=["state"],
        )
        failing = GaugeMetricFamily(
            "portal_failing_report_schedules",
            "Active schedules whose newest report was not made or did not reach everybody.",
            labels=["organization"],
        )
        for organization in Organization.objects.all():
            failing.add_metric([organization.aws_id], len(report_problems(organization)))
        yield _by_state(deliveries, Delivery)
        yield failing


def _by_state(
    metric: CounterMetricFamily | GaugeMetricFamily, model: type[Crawl] | type[Delivery]
) -> Metric:
    counted = dict(model._default_manager.order_by().values_list("state").annotate(Count("pk")))
    for state in model.State:
        metric.add_metric([state], counted.get(state, 0))
    return metric


def _waiting_tasks() -> int | None:
    """None where the broker does not answer: other metrics are worth having without it."""
    with app.connection_for_read(connect_timeout=_BROKER_SECONDS) as connection:
        try:
            connection.ensure_connection(max_retries=1, timeout=_BROKER_SECONDS)
            name = app.conf.task_default_queue
            channel: Any = connection.default_channel
            queue = channel.queue_declare(queue=name, passive=True)
        except (OSError, KombuError):
            return None
        except connection.channel_errors:
            # An empty queue is no queue to Valkey.
            return 0
        return int(queue.message_count)
