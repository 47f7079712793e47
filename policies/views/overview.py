from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from policies.models import Assessment
from policies.selectors.headings import headings
from policies.selectors.overview import overview as select
from policies.selectors.trends import SPANS, span_of
from policies.views.standing import assessment_required


@require_safe
@assessment_required
def overview(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """The guardrails, how many accounts have each, and the way to those that lack it.

    `days` and `guardrail` in the address choose what the trend shows; nonsense there shows
    the shortest span and all guardrails.
    """
    span = span_of(request.GET.get("days", ""))
    asked = request.GET.get("guardrail", "")
    guardrail = next((one for one in headings() if one.id == asked), None)
    context = {
        "overview": select(assessment, span),
        "spans": SPANS,
        "span": span,
        "headings": headings(),
        "guardrail": guardrail,
    }
    return render(request, "policies/overview.html", context)
