"""Schedules of reports: add, change, send now, preview, delete."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.auditing import actor_of
from policies.models import Assessment, ReportSchedule
from policies.report_tasks import make_report
from policies.reports.making import NoPosture, preview
from policies.selectors.report_scope import Scope, UnitGone, scope_of
from policies.selectors.reports import listed, schedule_lines, scope_sentence, when_sentence
from policies.services.report_schedules import delete_schedule, save_schedule, send_now
from policies.views.report_form import ScheduleForm
from policies.views.reports import as_response
from policies.views.standing import assessment_required, standing_about


@require_safe
def schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """One schedule: what it says, whom it reaches, its reports and what their sending met."""
    found = get_object_or_404(ReportSchedule.objects.select_related("organization"), pk=pk)
    (line,) = [one for one in schedule_lines(found.organization) if one.schedule.pk == pk]
    context = {
        "standing": standing_about(request, found.organization),
        "schedule": found,
        "line": line,
        "when": when_sentence(found),
        "scope": scope_sentence(found),
        "guardrails": ", ".join(one.short for one in scope_of(found).headings),
        "recipients": found.recipients.all(),
        "reports": listed(found.reports.all())[:20],
    }
    return render(request, "policies/reports/schedule.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("policies.add_report", raise_exception=True)
@assessment_required
def new_schedule(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Of the whole organization, or of the OU in the address; either can be changed."""
    unit_id = request.GET.get("unit", "")
    if unit_id:
        try:
            Scope(unit_id).unit_at(assessment)
        except UnitGone as problem:
            raise Http404(str(problem)) from None
    schedule = ReportSchedule(organization=assessment.organization, unit_id=unit_id)
    return _form(request, assessment, schedule)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("policies.change_report", raise_exception=True)
def change_schedule(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(ReportSchedule.objects.select_related("organization"), pk=pk)
    assessment = standing_about(request, found.organization).assessment
    if assessment is None:
        raise Http404(f"Nothing is known of {found.organization.aws_id} any more.")
    return _form(request, assessment, found)


@require_POST
@permission_required("policies.delete_report", raise_exception=True)
def remove_schedule(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(ReportSchedule, pk=pk)
    delete_schedule(actor_of(request), found)
    messages.success(request, f"The schedule “{found.name}” is deleted; its reports are kept.")
    return redirect("policies:reports")


@require_POST
@permission_required("policies.send_report", raise_exception=True)
def send_schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """A report besides those that are due."""
    found = get_object_or_404(ReportSchedule, pk=pk)
    report = send_now(actor_of(request), found)
    transaction.on_commit(lambda: make_report.delay(report.pk))
    messages.success(request, "The report is being made and sent.")
    return redirect("policies:report", report.pk)


@require_safe
def preview_schedule(_: HttpRequest, pk: int, format: str) -> HttpResponseBase:
    """What would be sent now; nothing is sent, and nothing kept."""
    found = get_object_or_404(ReportSchedule, pk=pk)
    try:
        return as_response(preview(found), format)
    except (NoPosture, UnitGone) as problem:
        raise Http404(str(problem)) from None


def _form(request: HttpRequest, assessment: Assessment, schedule: ReportSchedule) -> HttpResponse:
    data: dict[str, Any] = {"data": request.POST} if request.method == "POST" else {}
    form = ScheduleForm(assessment, instance=schedule, **data)
    if form.is_valid():
        saved = save_schedule(actor_of(request), form.save(commit=False), form.added, form.removed)
        messages.success(request, f"The schedule “{saved.name}” is saved.")
        return redirect("policies:report-schedule", saved.pk)
    context = {"form": form, "schedule": schedule}
    return render(
        request, "policies/reports/form.html", context, status=400 if form.is_bound else 200
    )
