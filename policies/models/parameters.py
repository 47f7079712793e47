from django.db import models

from accounts.models import Organization


class ParametersChange(models.Model):
    """An organization's guardrail parameters from one moment on; the newest row holds.

    Who set them, the audit log says.
    """

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="parameters_changes"
    )
    # As `parameters_to_json` gives them, every one of them.
    parameters = models.JSONField()
    changed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"parameters since {self.changed_at:%Y-%m-%d %H:%M}"
