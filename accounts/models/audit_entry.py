from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class AuditEntry(models.Model):
    """One thing that somebody did. The database refuses to change or delete it (migrations)."""

    class Kind(models.TextChoices):
        """What it was done to."""

        SESSION = "session", "Log-in"
        USER = "user", "User"
        TOKEN = "token", "API token"
        CONNECTION = "connection", "Connection"
        PARAMETERS = "parameters", "Parameters"
        CRAWL = "crawl", "Crawl"
        REPORT = "report", "Report"

    at = models.DateTimeField(auto_now_add=True)
    # User name, as it was then; empty for the portal itself and for nobody known.
    actor = models.CharField(max_length=150, blank=True)
    # The API token that spoke for the actor.
    token = models.CharField(max_length=120, blank=True)
    address = models.GenericIPAddressField(null=True)
    kind = models.CharField(max_length=10, choices=Kind)
    # A past participle: created, changed, revoked, …
    action = models.CharField(max_length=40)
    # The name of what it was done to.
    subject = models.CharField(max_length=300, blank=True)
    # What differed, by field; never a secret. Null where there was nothing before, or is after.
    before = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(null=True, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name_plural = "audit entries"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["kind", "-id"], name="audit_by_kind"),
            models.Index(fields=["actor", "-id"], name="audit_by_actor"),
            models.Index(fields=["at"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.actor or 'portal'}: {self.kind} {self.subject} {self.action}"
