from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from accounts.api.query import whole_number
from accounts.api.sparse import SparseSerializer
from policies import catalogue
from policies.api.coverage import UNIT
from policies.api.posture import PostureListView, Unpaged
from policies.selectors.trends import trends

_MOST_DAYS = 400
_DEFAULT_DAYS = 30
DAYS = OpenApiParameter(
    "days",
    {"type": "integer", "minimum": 1, "maximum": _MOST_DAYS, "default": _DEFAULT_DAYS},
    description="How many days back.",
)


class PointSerializer(serializers.Serializer[Any]):
    """Coverage at a moment, of the accounts that were active members then."""

    at = serializers.DateTimeField()
    counted = serializers.IntegerField()
    enforced = serializers.IntegerField()
    lacking = serializers.IntegerField()


class TrendSerializer(SparseSerializer):
    """How the coverage of a guardrail went: a point a day, none before the first crawl."""

    always = ("guardrail",)

    guardrail = serializers.ChoiceField(choices=catalogue.GUARDRAIL_IDS, source="guardrail.id")
    points = PointSerializer(many=True)


class TrendList(PostureListView):
    """The coverage of every guardrail, day by day, until now or until `as_of`."""

    serializer_class = TrendSerializer
    pagination_class = Unpaged
    filter_backends = ()
    parameters: ClassVar = (*PostureListView.parameters, UNIT, DAYS)

    def get_queryset(self) -> Any:
        query = self.request.query_params
        unit = self.unit(query["unit"]).aws_id if "unit" in query else ""
        end = self.moment or timezone.now()
        span = whole_number(self.request, "days", _DEFAULT_DAYS, _MOST_DAYS)
        return trends(self.assessment.organization, end, span, unit)
