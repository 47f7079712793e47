"""What callers send to make or to change a schedule."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from zoneinfo import available_timezones

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from accounts.api.bodies import NumberField, StrictSerializer, TextField, TruthField
from policies import catalogue
from policies.models import ReportRecipient, ReportSchedule
from policies.reports.recipients import MOST, recipient_of
from policies.selectors.report_scope import Scope, UnitGone
from policies.selectors.standing import assessment_of

_ADDED = "added"


class RecipientBody(StrictSerializer):
    """Either the `id` of one that is there and stays, or `kind` and `address` of a new one."""

    id = NumberField(required=False)
    kind = serializers.ChoiceField(choices=ReportRecipient.Kind.values, required=False)
    address = TextField(
        max_length=1000,
        required=False,
        help_text="An e-mail address, a chat's as apprise writes it, or a webhook's https URL.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.keys() == {"id"}:
            return attrs
        if attrs.keys() != {"kind", "address"}:
            raise ValidationError("Write either `id`, or both `kind` and `address`.")
        try:
            kind = ReportRecipient.Kind(attrs["kind"])
            return {_ADDED: recipient_of(kind, attrs["address"])}
        except (ValueError, OSError) as error:
            raise ValidationError({"address": str(error)}) from None


@extend_schema_field({"type": "string", "examples": ["Europe/Berlin"]})
class TimeZoneField(TextField):
    """The name of a time zone, as the IANA database has it."""

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if name not in available_timezones():
            raise ValidationError(f"“{name}” is no time zone: write one such as Europe/Berlin.")
        return name


class ScheduleBody(StrictSerializer):
    """A schedule: weekly on Monday at 8:00 UTC, of everything, where nothing else is said."""

    name = TextField(max_length=100)
    active = TruthField(required=False)
    when = serializers.ChoiceField(choices=ReportSchedule.When.values, required=False)
    hour = NumberField(min_value=0, max_value=23, required=False)
    weekday = NumberField(min_value=0, max_value=6, required=False, help_text="Monday is 0.")
    day = NumberField(min_value=1, max_value=31, required=False)
    time_zone = TimeZoneField(required=False, max_length=64)
    unit_id = TextField(max_length=68, allow_blank=True, required=False, help_text="Of an OU.")
    guardrails = serializers.ListField(
        child=serializers.ChoiceField(choices=catalogue.GUARDRAIL_IDS), required=False
    )
    only_if_changed = TruthField(required=False)
    attachments = serializers.ListField(
        child=serializers.ChoiceField(choices=ReportSchedule.Attached.values), required=False
    )
    recipients = serializers.ListField(
        child=RecipientBody(),
        min_length=1,
        max_length=MOST,
        help_text="All of them: who is not named gets no more reports.",
    )


class NewScheduleBody(ScheduleBody):
    """A new schedule: weekly on Monday at 8:00 UTC, of everything, where nothing else is said."""

    organization = TextField(
        max_length=34, required=False, help_text="Its id; the one crawled last if not given."
    )


def written(schedule: ReportSchedule, given: Mapping[str, Any]) -> ReportSchedule:
    """The schedule with what was sent. Raises `ValidationError` for an OU that is not there."""
    for name in given.keys() - {"recipients"}:
        value = given[name]
        setattr(schedule, name, list(dict.fromkeys(value)) if isinstance(value, list) else value)
    if given.get("unit_id"):
        newest = assessment_of(schedule.organization.aws_id, None)
        try:
            Scope(given["unit_id"]).unit_at(newest)
        except UnitGone:
            sentence = f"No unit {given['unit_id']} is in the organization."
            raise ValidationError({"unit_id": sentence}) from None
    return schedule


def differences(
    present: Collection[ReportRecipient], wanted: Sequence[Mapping[str, Any]]
) -> tuple[list[ReportRecipient], list[int]]:
    """Whom to add, and the keys of those to remove.

    One that is sent as it is stored stays, and a webhook keeps its secret.
    """
    by_address = {(one.kind, one.address): one.pk for one in present}
    kept, add = set(), []
    for one in wanted:
        if _ADDED in one:
            recipient: ReportRecipient = one[_ADDED]
            same = by_address.get((recipient.kind, recipient.address))
            if same is None:
                add.append(recipient)
            else:
                kept.add(same)
        elif one["id"] in by_address.values():
            kept.add(one["id"])
        else:
            raise ValidationError({"recipients": f"The schedule has no recipient {one['id']}."})
    return add, [pk for pk in by_address.values() if pk not in kept]
