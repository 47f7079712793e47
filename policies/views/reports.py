"""Reports that were made: the list, one of them, its files."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.auditing import actor_of
from policies.models import Assessment, Delivery, Report
from policies.report_tasks import deliver_report
from policies.reports.content import PostureReport, unpack
from policies.reports.files import FORMATS, file
from policies.reports.outline import PAPER, outline
from policies.selectors.reports import listed, reports_page, schedule_lines
from policies.services.report_schedules import send_delivery_again
from policies.views.standing import assessment_required, standing_about

# A report brings its own styles, and nothing else that a browser would act on.
_DOCUMENT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-popups"
)


@require_safe
@assessment_required
def reports(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """The schedules, and every report that was made."""
    organization = assessment.organization
    context = {
        "schedules": schedule_lines(organization),
        "page": reports_page(organization, request.GET.get("page", "1")),
    }
    return render(request, "policies/reports/list.html", context)


@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """One report: what it says in short, its files, and how each delivery went."""
    found = get_object_or_404(listed(Report.objects.all()), pk=pk)
    content = Report.objects.values_list("content", flat=True).get(pk=pk)
    context = {
        "standing": standing_about(request, found.organization),
        "report": found,
        "outline": outline(unpack(bytes(content)), PAPER) if content else None,
        "deliveries": found.deliveries.all(),
        "formats": FORMATS,
    }
    return render(request, "policies/reports/report.html", context)


@require_safe
def download(_: HttpRequest, pk: int, format: str) -> HttpResponseBase:
    """A file of a report; HTML to be looked at, the others to be saved."""
    found = get_object_or_404(Report, pk=pk)
    if found.content is None:
        raise Http404("This report was not made: its page says why.")
    return as_response(unpack(bytes(found.content)), format)


@require_POST
@permission_required("policies.send_report", raise_exception=True)
def again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send a delivery that failed once more."""
    delivery = get_object_or_404(Delivery, pk=pk)
    if send_delivery_again(actor_of(request), delivery, timezone.now()):
        transaction.on_commit(lambda: deliver_report.delay(str(delivery.pk)))
        messages.success(request, f"The report is being sent to {delivery.shown} again.")
    else:
        messages.info(request, "It is on its way already.")
    return redirect("policies:report", delivery.report_id)


def as_response(report: PostureReport, format: str) -> HttpResponseBase:
    if format not in FORMATS:
        raise Http404(f"There is no format {format}: choose from {', '.join(FORMATS)}.")
    made = file(report, format)
    response = StreamingHttpResponse(made.pieces, content_type=f"{made.media_type}; charset=utf-8")
    if format == "html":
        response.headers["Content-Security-Policy"] = _DOCUMENT_POLICY
    else:
        response.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response
