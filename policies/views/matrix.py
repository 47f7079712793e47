from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from policies.models import Assessment
from policies.selectors.coverage import coverage
from policies.selectors.heat_map import heat_map as select_heat_map
from policies.selectors.matrix import matrix as select_matrix
from policies.views.filters import MatrixFilterForm, said
from policies.views.standing import assessment_required


@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """Accounts × guardrails. The address holds the filter: it can be sent to a colleague."""

    def found(assessment: Assessment, form: MatrixFilterForm) -> dict[str, Any]:
        rows = select_matrix(assessment, form.chosen(), request.GET.get("page", "1"))
        return {
            "grouped": bool(form.cleaned_data["group"]),
            "matrix": rows,
            "coverage": [one for one in coverage(assessment) if one.guardrail in rows.columns],
        }

    return _filtered(request, "matrix", found)


@require_safe
def heat_map(request: HttpRequest) -> HttpResponse:
    """The same accounts by the same filter, each as a square: the whole on one screen."""
    return _filtered(
        request,
        "heat_map",
        lambda assessment, form: {"heat_map": select_heat_map(assessment, form.chosen())},
    )


@assessment_required
def _filtered(
    request: HttpRequest,
    assessment: Assessment,
    name: str,
    found: Callable[[Assessment, MatrixFilterForm], dict[str, Any]],
) -> HttpResponse:
    """The page, or for htmx what is `found` alone."""
    form = MatrixFilterForm(assessment, request.GET)
    if not form.is_valid():
        context = {"form": form, "query": QueryDict()}
        return render(request, f"policies/{name}.html", context, status=HTTPStatus.BAD_REQUEST)
    query = said(request.GET)
    context = {"form": form, "chosen": form.chosen(), "query": query}
    partial = "HX-Request" in request.headers
    template = f"policies/_{name}_results.html" if partial else f"policies/{name}.html"
    response = render(request, template, context | found(assessment, form))
    # The same address has two answers: a browser must not go back to the wrong one.
    patch_vary_headers(response, ["HX-Request"])
    # htmx sends every field; the address that it leaves behind is to be read by people.
    response["HX-Push-Url"] = f"{request.path}?{query.urlencode()}" if query else request.path
    return response
