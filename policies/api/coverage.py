from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers

from accounts.api.sparse import SparseSerializer
from policies import catalogue
from policies.analysis.verdict import Status
from policies.api.filters import UNIT_ID
from policies.api.posture import PostureListView, Unpaged
from policies.selectors.coverage import Coverage, coverage, coverage_below

UNIT = OpenApiParameter("unit", UNIT_ID, description="Of all accounts below this root or OU.")


class CoverageSerializer(SparseSerializer):
    """How many active member accounts have a guardrail."""

    always = ("guardrail",)

    guardrail = serializers.ChoiceField(choices=catalogue.GUARDRAIL_IDS, source="guardrail.id")
    counted = serializers.IntegerField(help_text="Active member accounts.")
    enforced = serializers.IntegerField()
    lacking = serializers.IntegerField()
    percent = serializers.IntegerField(help_text="Rounded down: 100 is every account.")
    statuses = serializers.SerializerMethodField(
        help_text="Accounts by status; `not_applicable` counts the management account."
    )

    @extend_schema_field(
        {
            "type": "object",
            "properties": {one.value: {"type": "integer"} for one in Status},
            "required": [one.value for one in Status],
        }
    )
    def get_statuses(self, coverage: Coverage) -> dict[str, int]:
        return {status.value: accounts for status, accounts in coverage.by_status}


class CoverageList(PostureListView):
    """The totals of every guardrail."""

    serializer_class = CoverageSerializer
    pagination_class = Unpaged
    filter_backends = ()
    parameters: ClassVar = (*PostureListView.parameters, UNIT)

    def get_queryset(self) -> Any:
        if "unit" in self.request.query_params:
            unit = self.unit(self.request.query_params["unit"]).aws_id
            return coverage_below(self.assessment, [unit])[unit]
        return coverage(self.assessment)
