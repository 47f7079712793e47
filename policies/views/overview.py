from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from policies.selectors.coverage import coverage
from policies.views.standing import standing_of


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The five guardrails, how many accounts have each, and the way to those that lack it."""
    now = standing_of(request)
    if now.assessment is None:
        return render(request, "policies/nothing_yet.html", {"standing": now})
    context = {"standing": now, "coverage": coverage(now.assessment)}
    return render(request, "policies/overview.html", context)
