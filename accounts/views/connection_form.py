import secrets
from typing import Any, Final

from django import forms
from django.conf import settings

from accounts.models import Connection

_MINUTE: Final = 60


class ConnectionForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    """A connection; of one that is stored the external id is never given out again."""

    class Meta:
        model = Connection
        fields = [
            "name",
            "role_arn",
            "external_id",
            "profile",
            "interval_minutes",
            "rate_share",
            "scheduled",
        ]
        labels = {
            "role_arn": "Role to assume",
            "external_id": "External id",
            "profile": "Profile of the worker",
            "interval_minutes": "Minutes between two crawls",
            "rate_share": "Share of AWS's request rates",
            "scheduled": "Crawl on schedule",
        }
        help_texts = {
            "name": "Such as the name of the organization.",
            "role_arn": "In the management account or a delegated administrator. Empty to read "
            "with the worker's own credentials.",
            "profile": "Of ~/.aws/config on the worker's machine; ordinarily empty.",
            "interval_minutes": "From the start of one to that of the next.",
            "rate_share": "From 0.01 to 1: other tools in the organization need the rest.",
            "scheduled": "Otherwise only when somebody asks.",
        }
        error_messages = {"name": {"unique": "Another connection has this name already."}}
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "role_arn": forms.TextInput(
                attrs={"placeholder": "arn:aws:iam::123456789012:role/guardrails-portal"}
            ),
            "external_id": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        }

    def __init__(self, data: Any = None, instance: Connection | None = None) -> None:
        kept = instance.external_id if instance else ""
        initial = {"external_id": "" if instance else secrets.token_urlsafe(24)}
        super().__init__(data, instance=instance, initial=initial)
        self._kept = kept
        minutes = int(settings.CRAWL_INTERVAL.total_seconds()) // _MINUTE
        self.fields["interval_minutes"].widget.attrs["placeholder"] = str(minutes)
        # The demo's AWS may be asked faster than any real one.
        share = min(1, settings.CRAWL_RATE_SHARE)
        self.fields["rate_share"].widget.attrs["placeholder"] = f"{share:g}"
        self.fields["external_id"].help_text = (
            f"Kept as it is ({instance.external_id_hint}) unless you write another."
            if instance and kept
            else "Made for this role alone: its trust policy has to ask for it. It is not shown "
            "again."
        )

    def clean(self) -> dict[str, Any]:
        """What is empty keeps the external id; without a role there is none."""
        given = super().clean() or self.cleaned_data
        if "role_arn" in given:
            given["external_id"] = given.get("external_id") or self._kept
            if not given["role_arn"]:
                given["external_id"] = ""
        return given

    @property
    def shown_external_id(self) -> str:
        """For the trust policy beside the form of a new connection."""
        return str(self["external_id"].value() or "")
