"""Answers that are about one organization at one moment, and say which."""

from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Final

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.response import Response

from accounts.api.paging import KeysetPagination, cursor_of
from accounts.api.query import moment
from accounts.api.views import ListView, ResourceView
from policies.models import Assessment, UnitVersion
from policies.selectors.standing import NothingKnown, assessment_of, kept_assessment

ORGANIZATION: Final = OpenApiParameter(
    "organization",
    {"type": "string", "pattern": "^o-[a-z0-9]{10,32}$"},
    description="Of this organization; the one crawled last if it is not given.",
)
AS_OF: Final = OpenApiParameter(
    "as_of",
    datetime,
    description="As it was at this moment, ISO 8601 with a time zone; now if it is not given.",
)


class PostureSerializer(serializers.ModelSerializer[Assessment]):
    """Of which organization and time an answer is, and by which rules it was judged."""

    organization = serializers.CharField(source="organization.aws_id")
    taken_at = serializers.DateTimeField(help_text="When AWS was read.")
    since = serializers.DateTimeField(help_text="From when on this was the posture.")
    snapshot_digest = serializers.CharField(help_text="SHA-256 of what AWS said.")
    catalogue_digest = serializers.CharField(help_text="SHA-256 of the guardrails.")

    class Meta:
        model = Assessment
        fields: ClassVar = [
            "organization",
            "taken_at",
            "since",
            "snapshot_digest",
            "catalogue_digest",
            "engine_version",
        ]


class PosturePagination(KeysetPagination):
    """The same with `posture`; all pages that follow one another are of the same."""

    assessment: Assessment

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any]:
        self.assessment = view.assessment
        return super().paginate_queryset(queryset, request, view)

    def get_paginated_response(self, data: Any) -> Response:
        response = super().get_paginated_response(data)
        response.data = {"posture": PostureSerializer(self.assessment).data, **response.data}
        return response

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        found = super().get_paginated_response_schema(schema)
        found["required"].append("posture")
        found["properties"]["posture"] = {"$ref": "#/components/schemas/Posture"}
        return found


class Unpaged(PosturePagination):
    """For few rows: all of them, in their own order; `next` is always null."""

    def paginate_queryset(self, queryset: Any, _request: Any, view: Any = None) -> list[Any]:
        self.assessment, self.next = view.assessment, None
        return list(queryset)

    def get_schema_operation_parameters(self, _view: Any) -> list[dict[str, Any]]:
        return []


class PostureView(ResourceView):
    """`organization=` and `as_of=` choose; 404 where nothing is known of it."""

    parameters: ClassVar[tuple[OpenApiParameter, ...]] = (ORGANIZATION, AS_OF)

    @cached_property
    def assessment(self) -> Assessment:
        query = self.request.query_params
        cursor = cursor_of(self.request) if self.pagination_class else None
        try:
            if cursor and cursor.pinned is not None:
                return kept_assessment(cursor.pinned)
            return assessment_of(query.get("organization"), self.moment)
        except NothingKnown as error:
            raise NotFound(str(error)) from None

    @property
    def pinned(self) -> int:
        """What the pages that follow are read from too."""
        return self.assessment.pk

    def last_modified(self) -> datetime:
        return self.assessment.since

    def unit(self, id: str) -> UnitVersion:
        """The unit as of then; a filter by one that is not there is not found, never empty."""
        found = UnitVersion.objects.at(self.assessment).filter(aws_id=id).first()
        if found is None:
            raise NotFound(f"No unit {id} is in the organization.")
        return found

    @property
    def moment(self) -> datetime | None:
        """What `as_of` says, None for now."""
        text = self.request.query_params.get("as_of")
        try:
            return None if text is None else moment(text)
        except ValueError as error:
            raise ValidationError({"as_of": str(error)}) from None


class PostureListView(PostureView, ListView):
    """A page of what held then."""

    pagination_class = PosturePagination

    def get_queryset(self) -> Any:
        versions: Any = super().get_queryset()
        return versions.at(self.assessment)
