from django.db import models

from accounts.models.organization import Organization


class Crawl(models.Model):
    """One reading of an organization, from its start to its end, whatever the end."""

    class State(models.TextChoices):
        RUNNING = "running"
        COMPLETED = "completed"
        FAILED = "failed"

    # Unknown until DescribeOrganization has answered.
    organization = models.ForeignKey(Organization, models.CASCADE, null=True, related_name="crawls")
    state = models.CharField(max_length=9, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    # Calls made by API name: {"ListAccounts": 7, …}.
    calls = models.JSONField(default=dict)
    # One sentence for a person; empty unless the crawl failed.
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-started_at"]
        get_latest_by = "started_at"

    def __str__(self) -> str:
        return f"crawl of {self.started_at:%Y-%m-%d %H:%M} ({self.state})"
