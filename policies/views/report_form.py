"""A schedule as a form: what it reports, when, and to whom."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError

from policies.models import Assessment, ReportRecipient, ReportSchedule
from policies.reports.recipients import MOST, recipient_of
from policies.selectors.headings import headings
from policies.selectors.reports import WEEKDAYS
from policies.selectors.units import unit_rows
from policies.views.unit_field import PlainSelect, listed

Kind = ReportRecipient.Kind


class ScheduleForm(forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    """Recipients are added line by line, and removed by ticking them."""

    hour = forms.TypedChoiceField(
        label="Hour", coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(24)]
    )
    weekday = forms.TypedChoiceField(label="Weekday", coerce=int, choices=list(enumerate(WEEKDAYS)))
    day = forms.IntegerField(
        label="Day of the month",
        min_value=1,
        max_value=31,
        required=False,
        help_text="A shorter month has its last day instead.",
    )
    time_zone = forms.ChoiceField(
        label="Time zone", choices=lambda: [(one, one) for one in sorted(available_timezones())]
    )
    guardrails = forms.MultipleChoiceField(
        label="Guardrails",
        required=False,
        choices=lambda: [(one.id, one.short) for one in headings()],
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked: all of them.",
    )
    attachments = forms.MultipleChoiceField(
        label="Attached to e-mails",
        required=False,
        choices=ReportSchedule.Attached,
        widget=forms.CheckboxSelectMultiple,
    )
    emails = forms.CharField(
        label="E-mail addresses",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "ciso@example.com"}),
        help_text="One a line.",
    )
    chats = forms.CharField(
        label="Chats",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "slack://… or the chat's webhook"}),
        help_text="Slack, Teams, Mattermost and others, as apprise writes them; one a line.",
    )
    webhooks = forms.CharField(
        label="Webhooks",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "https://example.com/hook"}),
        help_text="Signed JSON, as Standard Webhooks has it; one a line.",
    )

    class Meta:
        model = ReportSchedule
        fields = (
            *("name", "when", "hour", "weekday", "day", "time_zone", "unit_id", "guardrails"),
            *("only_if_changed", "attachments", "active"),
        )
        labels = {
            "when": "How often",
            "only_if_changed": "Only if something changed",
            "active": "Active",
        }

    def __init__(self, assessment: Assessment, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit_id"] = _scope_field(assessment, self.instance.unit_id, self.data)
        self.present = list(self.instance.recipients.all()) if self.instance.pk else []
        self.fields["remove"] = forms.MultipleChoiceField(
            label="Recipients now; tick whom to remove",
            required=False,
            choices=[(str(one.pk), str(one)) for one in self.present],
            widget=forms.CheckboxSelectMultiple,
        )

    def clean_day(self) -> int:
        return int(self.cleaned_data["day"] or self.instance.day)

    def clean_emails(self) -> list[ReportRecipient]:
        return self._recipients("emails", Kind.EMAIL)

    def clean_chats(self) -> list[ReportRecipient]:
        return self._recipients("chats", Kind.CHAT)

    def clean_webhooks(self) -> list[ReportRecipient]:
        return self._recipients("webhooks", Kind.WEBHOOK)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            number = len(self.present) - len(self.removed) + len(self.added)
            if not number:
                raise ValidationError("Name at least one recipient.")
            if number > MOST:
                raise ValidationError(f"Name {MOST} recipients at most; a mailing list has more.")
        return data

    @property
    def added(self) -> list[ReportRecipient]:
        data = self.cleaned_data
        return [*data["emails"], *data["chats"], *data["webhooks"]]

    @property
    def removed(self) -> list[int]:
        return [int(one) for one in self.cleaned_data["remove"]]

    def _recipients(self, field: str, kind: Kind) -> list[ReportRecipient]:
        lines = [line.strip() for line in self.cleaned_data[field].splitlines()]
        try:
            return [recipient_of(kind, line) for line in dict.fromkeys(lines) if line]
        except (ValueError, OSError) as error:
            raise ValidationError(str(error)) from None


def _scope_field(assessment: Assessment, before: str, data: Mapping[str, Any]) -> forms.ChoiceField:
    """The whole organization, or an OU of it; that of `before` may stay though it is gone."""
    ous = [one for one in unit_rows(assessment).values() if len(one.ids) > 1]
    whole, chosen = ("", "Whole organization"), data.get("unit_id", before)
    choices = [whole, *listed(ous, chosen, "begin a report on the OU's page")]
    if before and before not in {one.id for one in ous}:
        choices.insert(1, (before, f"{before} (gone)"))
    field = forms.ChoiceField(
        label="Scope",
        required=False,
        choices=[(one, label) for one, label in choices if one is not None],
        widget=PlainSelect,
    )
    if len(choices) <= len(ous):
        field.help_text = "Deeper OUs have a page of their own, on which a report of them begins."
    # With what is said there and can't be chosen.
    field.widget.choices = choices
    return field
