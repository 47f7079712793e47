"""Reports that were made, and how each came to those who wanted it."""

from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_filters import CharFilter
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.filters import IdFilter, WordsFilter
from accounts.api.problems import Conflict
from accounts.api.sparse import SparseSerializer
from accounts.api.views import DetailView, ListView, ResourceView
from accounts.auditing import actor_of
from policies.models import Delivery, Report, ReportRecipient, ReportSchedule
from policies.report_tasks import deliver_report
from policies.selectors.reports import listed
from policies.services.report_schedules import send_delivery_again


class ReportSerializer(SparseSerializer, serializers.ModelSerializer[Report]):
    """A report, and how many it reached. `content` below its address has what it says."""

    organization = serializers.CharField(source="organization.aws_id")
    schedule = serializers.IntegerField(
        source="schedule_id", allow_null=True, help_text="Null once its schedule is deleted."
    )
    state = serializers.ChoiceField(choices=Report.State.values)
    asked = serializers.BooleanField(help_text="Sent because somebody asked, besides the schedule.")
    error = serializers.CharField(help_text="One sentence, empty unless it failed.")
    starts_at = serializers.DateTimeField(
        source="before.since", default=None, allow_null=True, help_text="What it compares with."
    )
    taken_at = serializers.DateTimeField(
        source="assessment.taken_at",
        default=None,
        allow_null=True,
        help_text="When the posture that it shows was read; null until it is made.",
    )
    recipients = serializers.IntegerField(help_text="How many it goes to.")
    failed = serializers.IntegerField(help_text="How many of them it could not be sent to.")

    class Meta:
        model = Report
        fields: ClassVar = [
            *("id", "organization", "schedule", "title", "state", "asked", "error", "starts_at"),
            *("taken_at", "created_at", "made_at", "recipients", "failed"),
        ]


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    """A report on its way to one recipient."""

    kind = serializers.ChoiceField(choices=ReportRecipient.Kind.values)
    address = serializers.CharField(source="shown", help_text="Without its secrets.")
    state = serializers.ChoiceField(choices=Delivery.State.values)
    error = serializers.CharField(help_text="What the last attempt met; empty once it is sent.")

    class Meta:
        model = Delivery
        fields: ClassVar = [
            *("id", "kind", "address", "state", "attempts", "next_attempt_at", "sent_at", "error"),
        ]


class ReportDetailSerializer(ReportSerializer):
    """A report with each of its deliveries."""

    deliveries = serializers.SerializerMethodField()

    class Meta(ReportSerializer.Meta):
        fields: ClassVar = [*ReportSerializer.Meta.fields, "deliveries"]

    @extend_schema_field(DeliverySerializer(many=True))
    def get_deliveries(self, report: Report) -> Any:
        return DeliverySerializer(report.deliveries.all(), many=True).data


class ReportFilter(FilterSet):
    organization = CharFilter(field_name="organization__aws_id", help_text="Its id.")
    schedule = IdFilter(method="of_schedule", help_text="Of the schedule with this id.")
    state = WordsFilter(Report.State.values, "What became of it.")

    def of_schedule(self, reports: QuerySet[Report], _name: str, id: int) -> QuerySet[Report]:
        if not ReportSchedule.objects.filter(pk=id).exists():
            raise NotFound(f"There is no schedule {id}.")
        return reports.filter(schedule=id)


class ReportList(ListView):
    """Every report that was made or is being made, newest first."""

    queryset = listed(Report.objects.all())
    serializer_class = ReportSerializer
    filterset_class = ReportFilter
    orderings: ClassVar = {"created_at": ("created_at", "pk")}
    default_ordering = "-created_at"


class ReportDetail(DetailView):
    """A report with how each delivery of it went."""

    queryset = listed(Report.objects.all())
    serializer_class = ReportDetailSerializer


class DeliveryAgain(ResourceView):
    """A delivery that failed, once more."""

    queryset = Delivery.objects.select_related("report")
    serializer_class = DeliverySerializer
    permission_required = "policies.send_report"

    @extend_schema(
        request=None, responses={202: OpenApiResponse(description="It is being sent again.")}
    )
    def post(self, request: Request, **_kwargs: Any) -> Response:
        """Send a delivery that failed again; 409 if it is on its way, or has arrived."""
        delivery: Delivery = self.get_object()
        with transaction.atomic():
            if not send_delivery_again(actor_of(request), delivery, timezone.now()):
                raise Conflict("It is on its way, or has arrived: only what failed is sent again.")
            transaction.on_commit(lambda: deliver_report.delay(str(delivery.pk)))
        return self.at("report", delivery.report_id, status=202)
