from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from accounts.models.connection import Connection
from accounts.models.organization import Organization


class Crawl(models.Model):
    """One reading of an organization, from its start to its end, whatever the end."""

    class State(models.TextChoices):
        RUNNING = "running"
        COMPLETED = "completed"
        FAILED = "failed"

    # Unknown until DescribeOrganization has answered.
    organization = models.ForeignKey(Organization, models.CASCADE, null=True, related_name="crawls")
    connection = models.ForeignKey(Connection, models.SET_NULL, null=True, related_name="crawls")
    state = models.CharField(max_length=9, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    # When the worker last said that it is at it: every few seconds.
    heartbeat_at = models.DateTimeField(default=timezone.now)
    # Set where the worker fell silent; the state is FAILED then.
    lost = models.BooleanField(default=False)
    # What it is at: organization, accounts, policies, tree, consistency, verdicts.
    phase = models.CharField(max_length=16, blank=True)
    accounts_read = models.PositiveIntegerField(default=0)
    # Calls made by API name: {"ListAccounts": 7, …}; those that AWS throttled among them.
    calls = models.JSONField(default=dict)
    throttled = models.JSONField(default=dict)
    # About how many calls there will be; 0 while unknown.
    expected_calls = models.PositiveIntegerField(default=0)
    # One sentence for a person; empty unless the crawl failed.
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-started_at"]
        get_latest_by = "started_at"
        indexes = [models.Index(fields=["connection", "-started_at"], name="crawls_of_connection")]

    def __str__(self) -> str:
        return f"crawl of {self.started_at:%Y-%m-%d %H:%M} ({self.state})"

    @property
    def calls_made(self) -> int:
        return sum(self.calls.values())

    @property
    def calls_throttled(self) -> int:
        return sum(self.throttled.values())

    @property
    def duration(self) -> timedelta:
        """Until now for one that runs."""
        return (self.finished_at or timezone.now()) - self.started_at

    @property
    def estimated_end(self) -> datetime | None:
        """As if the calls to come took as long as those made; None where nothing tells."""
        if self.state != self.State.RUNNING or not self.calls_made or not self.expected_calls:
            return None
        share = min(1.0, self.calls_made / self.expected_calls)
        return self.started_at + (self.heartbeat_at - self.started_at) / share
