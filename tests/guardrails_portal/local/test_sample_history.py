"""What a demo knows of the weeks before its first start."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Crawl
from accounts.sample.past import DAYS
from guardrails_portal.local.sample_history import record_sample_history
from policies.models import Assessment, Cause
from policies.services.crawling import crawl_organization

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_aws")]


def test_each_act_of_the_past_is_told_on_its_day_and_the_last_leads_to_today() -> None:
    record_sample_history()
    record_sample_history()
    days = list(Assessment.objects.order_by("pk"))
    today = crawl_organization()

    assert [(today.taken_at - day.taken_at).days for day in days] == list(range(DAYS, 0, -1))
    told = [
        (kind, (today.taken_at - at).days, worse, better)
        for cause in Cause.objects.order_by("pk")
        for kind in {event["kind"] for event in cause.events}
        for at in {change.assessment.taken_at for change in cause.changes.all()}
        for worse, better in [(cause.regressions, cause.improvements)]
    ]
    assert told == [
        ("scp_attached", 28, 0, 74),
        ("scp_attached", 23, 0, 12),
        ("account_joined", 18, 0, 0),
        ("scp_attached", 13, 0, 36),
        ("scp_edited", 9, 0, 36),
        ("scp_detached", 5, 9, 0),
        ("account_moved", 3, 1, 0),
        ("scp_edited", 1, 12, 0),
    ]
    assert today.snapshot_digest == days[-1].snapshot_digest
    yesterday = timezone.now() - timedelta(days=1)
    assert Crawl.objects.filter(finished_at__lt=yesterday, started_at__lt=yesterday).count() == DAYS
