"""Which reports are made, when, and for whom."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from django.db import transaction
from django_filters import CharFilter
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.filters import FlagFilter
from accounts.api.sparse import SparseSerializer
from accounts.api.views import DetailView, ListView, ResourceView
from accounts.auditing import actor_of
from policies.api.report_schedule_bodies import NewScheduleBody, ScheduleBody, differences, written
from policies.api.reports import ReportSerializer
from policies.models import Report, ReportRecipient, ReportSchedule
from policies.report_tasks import make_report
from policies.selectors.reports import listed
from policies.selectors.standing import NothingKnown, assessment_of
from policies.services.report_schedules import delete_schedule, save_schedule, send_now

RIGHTS: Final = {
    "GET": "policies.view_verdict",
    "POST": "policies.add_report",
    "PATCH": "policies.change_report",
    "DELETE": "policies.delete_report",
}


class RecipientSerializer(serializers.ModelSerializer[ReportRecipient]):
    """Whom a schedule's reports go to."""

    kind = serializers.ChoiceField(choices=ReportRecipient.Kind.values)
    address = serializers.CharField(source="shown", help_text="Without its secrets.")
    secret = serializers.SerializerMethodField(
        help_text="Signs what a webhook is sent; null for others, and for who may not change it."
    )

    class Meta:
        model = ReportRecipient
        fields: ClassVar = ["id", "kind", "address", "secret"]

    def get_secret(self, recipient: ReportRecipient) -> str | None:
        permitted = self.context["request"].user.has_perm("policies.change_report")
        return recipient.secret or None if permitted else None


class ScheduleSerializer(SparseSerializer, serializers.ModelSerializer[ReportSchedule]):
    """Which reports are made, when, of what, and for whom."""

    organization = serializers.CharField(source="organization.aws_id")
    when = serializers.ChoiceField(choices=ReportSchedule.When.values)
    hour = serializers.IntegerField(help_text="Of the day in its time zone.")
    weekday = serializers.IntegerField(help_text="Monday is 0; of weekly ones.")
    day = serializers.IntegerField(help_text="Of the month; a shorter month has its last day.")
    unit_id = serializers.CharField(help_text="An OU, or empty for the whole organization.")
    guardrails = serializers.ListField(
        child=serializers.CharField(), help_text="Their ids; none for all."
    )
    attachments = serializers.ListField(
        child=serializers.ChoiceField(choices=ReportSchedule.Attached.values),
        help_text="What an e-mail carries besides itself.",
    )
    due_at = serializers.DateTimeField(
        allow_null=True, help_text="The next report; null for paused ones and on regression."
    )
    recipients = RecipientSerializer(many=True)

    class Meta:
        model = ReportSchedule
        fields: ClassVar = [
            *("id", "organization", "name", "active", "when", "hour", "weekday", "day"),
            *("time_zone", "unit_id", "guardrails", "only_if_changed", "attachments"),
            *("recipients", "due_at", "created_at"),
        ]


class ScheduleFilter(FilterSet):
    organization = CharFilter(field_name="organization__aws_id", help_text="Its id.")
    active = FlagFilter("Whether it is not paused.")


SCHEDULES: Final = ReportSchedule.objects.select_related("organization").prefetch_related(
    "recipients"
)


class ScheduleList(ListView):
    """Every schedule, by name."""

    queryset = SCHEDULES
    serializer_class = ScheduleSerializer
    filterset_class = ScheduleFilter
    orderings: ClassVar = {"name": ("name", "pk"), "id": ("pk",)}
    permission_required = RIGHTS

    @extend_schema(request=NewScheduleBody, responses={201: ScheduleSerializer})
    def post(self, request: Request) -> Response:
        """Have reports made and sent."""
        given = NewScheduleBody.given(request)
        try:
            organization = assessment_of(given.pop("organization", None), None).organization
        except NothingKnown as error:
            raise NotFound(str(error)) from None
        schedule = written(ReportSchedule(organization=organization), given)
        add, _ = differences((), given["recipients"])
        saved = save_schedule(actor_of(request), schedule, add)
        return self.at("report-schedule", saved.pk, status=201, data=_shown(self, saved))


class ScheduleDetail(DetailView):
    """A schedule."""

    queryset = SCHEDULES
    serializer_class = ScheduleSerializer
    permission_required = RIGHTS

    @extend_schema(request=ScheduleBody, responses=ScheduleSerializer)
    def patch(self, request: Request, **_kwargs: Any) -> Response:
        """Change the members that are sent. What was due before the change is still made."""
        found: ReportSchedule = self.get_object()
        given = ScheduleBody.given(request, partial=True)
        with transaction.atomic():
            # Of two who change different members, each sees what the other wrote.
            schedule = ReportSchedule.objects.select_for_update().get(pk=found.pk)
            present: Sequence[ReportRecipient] = list(schedule.recipients.all())
            wanted = given.get("recipients", [{"id": one.pk} for one in present])
            add, remove = differences(present, wanted)
            saved = save_schedule(actor_of(request), written(schedule, given), add, remove)
        return Response(_shown(self, saved))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, **_kwargs: Any) -> Response:
        """Make no more of them; reports that were made stay."""
        delete_schedule(actor_of(request), self.get_object())
        return Response(status=204)


class ScheduleSend(ResourceView):
    """A report besides those that are due."""

    queryset = ReportSchedule.objects.all()
    serializer_class = ReportSerializer
    permission_required = "policies.send_report"

    @extend_schema(request=None, responses={202: ReportSerializer})
    def post(self, request: Request, **_kwargs: Any) -> Response:
        """Make and send a report now; `Location` is where it, and how its sending goes, stands."""
        with transaction.atomic():
            report = send_now(actor_of(request), self.get_object())
            transaction.on_commit(lambda: make_report.delay(report.pk))
        shown = listed(Report.objects.all()).get(pk=report.pk)
        return self.at("report", report.pk, status=202, data=self.get_serializer(shown).data)


def _shown(view: ResourceView, schedule: ReportSchedule) -> Any:
    return view.get_serializer(SCHEDULES.get(pk=schedule.pk)).data
