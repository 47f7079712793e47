from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from policies.models import Assessment
from policies.selectors.guardrail_detail import guardrail_detail, scp_file
from policies.selectors.headings import Heading, headings
from policies.selectors.trends import SPANS, span_of
from policies.views.standing import assessment_required


@require_safe
@assessment_required
def guardrail(request: HttpRequest, assessment: Assessment, guardrail_id: str) -> HttpResponse:
    """One guardrail: what it protects, an SCP that enforces it, who lacks it and why."""
    heading = _heading(guardrail_id)
    span = span_of(request.GET.get("days", ""))
    context = {
        "detail": guardrail_detail(assessment, heading, span),
        "spans": SPANS,
        "span": span,
    }
    return render(request, "policies/guardrail.html", context)


@require_safe
@assessment_required
def reference_scp(
    _request: HttpRequest, assessment: Assessment, guardrail_id: str, form: str
) -> HttpResponse:
    """The SCP that enforces it, as a file."""
    file = scp_file(assessment, _heading(guardrail_id), form)
    if file is None:
        raise Http404(f"There is no reference SCP as “{form}”.")
    disposition = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return HttpResponse(file.text, content_type="text/plain; charset=utf-8", headers=disposition)


def _heading(guardrail_id: str) -> Heading:
    for one in headings():
        if one.id == guardrail_id:
            return one
    raise Http404(f"There is no guardrail {guardrail_id}.")
