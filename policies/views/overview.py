from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from policies.selectors.headings import headings
from policies.selectors.overview import overview as select
from policies.selectors.trends import SPANS
from policies.views.standing import standing_of


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The guardrails, how many accounts have each, and the way to those that lack it.

    `days` and `guardrail` in the address choose what the trend shows; nonsense there shows
    the shortest span and all guardrails.
    """
    now = standing_of(request)
    if now.assessment is None:
        return render(request, "policies/nothing_yet.html")
    asked = request.GET.get("days", "")
    span = next((one for one in SPANS if str(one) == asked), SPANS[0])
    asked = request.GET.get("guardrail", "")
    guardrail = next((one for one in headings() if one.id == asked), None)
    context = {
        "overview": select(now.assessment, span),
        "spans": SPANS,
        "span": span,
        "headings": headings(),
        "guardrail": guardrail,
    }
    return render(request, "policies/overview.html", context)
