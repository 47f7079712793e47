from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from policies.selectors.coverage import coverage
from policies.selectors.matrix import matrix as select_matrix
from policies.views.filters import MatrixFilterForm
from policies.views.standing import standing_of


@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """Accounts × guardrails. The address holds the filter: it can be sent to a colleague."""
    now = standing_of(request)
    if now.assessment is None:
        return render(request, "policies/nothing_yet.html", {"standing": now})
    form = MatrixFilterForm(now.assessment, request.GET)
    if not form.is_valid():
        context = {"standing": now, "form": form}
        return render(request, "policies/matrix.html", context, status=HTTPStatus.BAD_REQUEST)
    chosen = form.chosen()
    found = select_matrix(now.assessment, chosen, request.GET.get("page", "1"))
    query = _said(request)
    partial = "HX-Request" in request.headers
    response = render(
        request,
        "policies/_matrix_results.html" if partial else "policies/matrix.html",
        {
            "standing": now,
            "form": form,
            "chosen": chosen,
            "matrix": found,
            "coverage": [one for one in coverage(now.assessment) if one.guardrail in found.columns],
            "query": query,
        },
    )
    # The same address has two answers: a browser must not go back to the wrong one.
    patch_vary_headers(response, ["HX-Request"])
    # htmx sends every field; the address that it leaves behind is to be read by people.
    response["HX-Push-Url"] = f"{request.path}?{query.urlencode()}" if query else request.path
    return response


def _said(request: HttpRequest) -> QueryDict:
    """The query without its empty parts."""
    query = request.GET.copy()
    for name in [name for name, value in query.items() if not value]:
        del query[name]
    return query
