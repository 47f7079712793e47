from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from policies.models import Assessment
from policies.selectors.search import search as select
from policies.views.standing import assessment_required

# Of each kind.
_IN_THE_LIST, _ON_A_PAGE = 8, 50
# The longest that anything can be called: an e-mail address.
_LONGEST = 320


@require_safe
@assessment_required
def search(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Accounts, OUs and SCPs by name or id: a page, or for htmx the list below the field."""
    text = request.GET.get("q", "")[:_LONGEST]
    partial = "HX-Request" in request.headers
    found = select(assessment, text, _IN_THE_LIST if partial else _ON_A_PAGE)
    template = "policies/_found.html" if partial else "policies/search.html"
    response = render(request, template, {"found": found})
    patch_vary_headers(response, ["HX-Request"])
    return response
