from datetime import datetime
from typing import Any, ClassVar, Final

from django.db.models import Q, QuerySet
from django.http import HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from accounts.api.filters import MomentFilter
from accounts.api.paging import Ordering
from accounts.api.sparse import SparseSerializer
from accounts.api.views import FIELDS
from accounts.snapshot import AccountState
from policies.api.filters import (
    AccountIdFilter,
    PlaceFilter,
    guardrails_filter,
    status_filter,
    view_of,
)
from policies.api.posture import PostureListView
from policies.api.streams import CsvRenderer, NdjsonRenderer, as_csv, as_ndjson, each_row
from policies.api.verdict import VerdictSerializer
from policies.models import AccountVersion
from policies.selectors.headings import statuses
from policies.selectors.verdict_rows import DETAIL, changed_since, verdict_row, verdict_rows

# The columns of CSV.
TABLE: Final = (
    "account_id",
    "account_name",
    "account_email",
    "account_state",
    "unit_id",
    "unit_path",
    "guardrail",
    "status",
    "reason",
)


class VerdictRowSerializer(SparseSerializer, VerdictSerializer):
    """What is known of one account and one guardrail."""

    always = ("account_id", "guardrail")

    account_id = serializers.CharField()
    account_name = serializers.CharField()
    account_email = serializers.CharField()
    account_state = serializers.ChoiceField(choices=[one.value for one in AccountState])
    unit_id = serializers.CharField(help_text="The root or OU that the account is in.")
    unit_path = serializers.CharField(help_text="Names of OUs.")

    def to_representation(self, instance: AccountVersion) -> dict[str, Any]:
        # It is JSON already: to look at each part of it would take most of the time.
        row = verdict_row(instance)
        return {name: row[name] for name in [*self.fields]}


class VerdictFilter(PlaceFilter):
    guardrail = guardrails_filter(field_name="guardrail")
    status = status_filter(method="with_status")
    account = AccountIdFilter(method="of_account", help_text="Of this account only.")
    changed_since = MomentFilter(
        method="with_change", help_text="Verdicts that changed at or after this time."
    )

    def of_account(
        self, rows: QuerySet[AccountVersion], _name: str, id: str
    ) -> QuerySet[AccountVersion]:
        if not AccountVersion.objects.at(view_of(self).assessment).filter(aws_id=id).exists():
            raise NotFound(f"No account {id} is in the organization.")
        return rows.filter(aws_id=id)

    def with_status(
        self, rows: QuerySet[AccountVersion], _name: str, words: list[str]
    ) -> QuerySet[AccountVersion]:
        # An annotation, which the types do not know.
        return rows.filter(Q(status__in=statuses(words)))

    def with_change(
        self, rows: QuerySet[AccountVersion], _name: str, moment: datetime
    ) -> QuerySet[AccountVersion]:
        return changed_since(rows, view_of(self).assessment, moment)


class VerdictList(PostureListView):
    """One row for each account and guardrail.

    As JSON a page at a time; as `text/csv` or `application/x-ndjson`, which `Accept` or `format`
    ask for, all rows at once. CSV has the columns of `fields`, and without it those that fit a
    table; a cell that a spreadsheet would take for a formula begins with an apostrophe.
    """

    queryset = AccountVersion.objects.all()
    serializer_class = VerdictRowSerializer
    filterset_class = VerdictFilter
    renderer_classes = (JSONRenderer, CsvRenderer, NdjsonRenderer)
    orderings: ClassVar = {
        "account": ("aws_id", "guardrail"),
        "path": ("unit__display_path", "name", "aws_id", "guardrail"),
    }

    def get_queryset(self) -> QuerySet[AccountVersion]:
        return verdict_rows(self.assessment, with_detail=not DETAIL.isdisjoint(self.names()))

    def names(self) -> list[str]:
        """The members, or columns, to answer with."""
        asked = self.request.accepted_renderer.format
        if asked == CsvRenderer.format and FIELDS not in self.request.query_params:
            return [*TABLE]
        return [*VerdictRowSerializer(context=self.get_serializer_context()).fields]

    @extend_schema(
        responses={
            (200, "application/json"): VerdictRowSerializer(many=True),
            (200, "text/csv"): OpenApiTypes.STR,
            (200, "application/x-ndjson"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Request, **_kwargs: Any) -> HttpResponseBase:
        if request.accepted_renderer.format == "json":
            return super().get(request)
        return self.stream(request)

    def stream(self, request: Request) -> HttpResponseBase:
        """Every row; made while it is sent."""
        for name in ("cursor", "page_size"):
            if name in request.query_params:
                raise ValidationError({name: "Only JSON comes in pages; this has all rows."})
        kept = self.filter_queryset(self.get_queryset())
        rows = map(verdict_row, each_row(kept.order_by(*Ordering.asked(request, self).names)))
        renderer = request.accepted_renderer
        write = as_csv if renderer.format == CsvRenderer.format else as_ndjson
        response = StreamingHttpResponse(
            write(self.names(), rows), content_type=f"{renderer.media_type}; charset=utf-8"
        )
        response.headers["ETag"] = f'W/"{self.assessment.pk}"'
        return response
