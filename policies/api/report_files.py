"""A report in the format that the caller asks for."""

from typing import Any

from django.http import HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from accounts.api.views import ResourceView
from policies.api.streams import CsvRenderer, Named
from policies.models import Report, ReportSchedule
from policies.reports.content import PostureReport, unpack
from policies.reports.files import FORMATS, file
from policies.reports.making import NoPosture, preview
from policies.selectors.report_scope import UnitGone


class PdfRenderer(Named):
    media_type = FORMATS["pdf"].media_type
    format = "pdf"


class HtmlRenderer(Named):
    media_type = FORMATS["html"].media_type
    format = "html"


class TextRenderer(Named):
    media_type = FORMATS["txt"].media_type
    format = "txt"


in_every_format = extend_schema(
    responses={
        (200, "application/json"): OpenApiTypes.OBJECT,
        (200, "application/pdf"): OpenApiTypes.BINARY,
        (200, "text/csv"): OpenApiTypes.STR,
        (200, "text/html"): OpenApiTypes.STR,
        (200, "text/plain"): OpenApiTypes.STR,
    }
)


class ReportFileView(ResourceView):
    """As `Accept` or `format` ask for; JSON, which carries the snapshot, if neither does."""

    serializer_class = serializers.Serializer
    renderer_classes = (JSONRenderer, PdfRenderer, CsvRenderer, HtmlRenderer, TextRenderer)

    def answer(self, request: Request, report: PostureReport) -> StreamingHttpResponse:
        made = file(report, request.accepted_renderer.format)
        text = made.media_type.startswith("text/")
        return StreamingHttpResponse(
            made.pieces,
            content_type=f"{made.media_type}; charset=utf-8" if text else made.media_type,
            # To be saved: shown by a browser, HTML would be a page of the portal's own.
            headers={"Content-Disposition": f'attachment; filename="{made.name}"'},
        )


class ReportContent(ReportFileView):
    """A report that was made, in each of its formats."""

    queryset = Report.objects.all()

    @in_every_format
    def get(self, request: Request, **_kwargs: Any) -> HttpResponseBase:
        """The report itself; as CSV, a row for each account and guardrail."""
        report: Report = self.get_object()
        if report.content is None:
            raise NotFound(f"Report {report.pk} has no content: its `state` and `error` say why.")
        response = self.answer(request, unpack(bytes(report.content)))
        # What it says is never changed.
        response.headers["ETag"] = f'W/"{report.pk}-{request.accepted_renderer.format}"'
        return response


class SchedulePreview(ReportFileView):
    """What a schedule would send now."""

    queryset = ReportSchedule.objects.all()

    @in_every_format
    def get(self, request: Request, **_kwargs: Any) -> HttpResponseBase:
        """What would be sent now. Nothing is sent, and nothing kept."""
        try:
            return self.answer(request, preview(self.get_object()))
        except (NoPosture, UnitGone) as problem:
            raise NotFound(str(problem)) from None
