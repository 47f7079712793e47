from django.db import models
from django.utils import timezone

from guardrails_portal.people.models.user import User
from guardrails_portal.people.roles import Scope, scope_permits


class ApiToken(models.Model):
    """A secret with which a program speaks for a user. The secret itself is stored nowhere."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    # The first characters of the secret, by which people tell tokens apart.
    prefix = models.CharField(max_length=12)
    # SHA-256 of the whole secret. It holds 256 random bits: nothing slower is needed.
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=5, choices=Scope)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    # To the minute: a busy program does not write at each request.
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def state(self) -> str:
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at <= timezone.now() else "valid"

    def permits(self, permission: str) -> bool:
        return scope_permits(self.scope, permission)
