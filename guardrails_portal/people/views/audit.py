from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import AuditEntry
from guardrails_portal.people.selectors.audit import AuditFilters

_ON_A_PAGE = 50


@require_safe
@permission_required("accounts.view_auditentry", raise_exception=True)
def audit(request: HttpRequest) -> HttpResponse:
    """Who changed what. The address holds the filter: it can be sent to a colleague."""
    filters = AuditFilters(request.GET, AuditEntry.objects.all())
    context: dict[str, Any] = {"form": filters.form}
    if not filters.form.is_valid():
        return render(request, "people/audit.html", context, status=HTTPStatus.BAD_REQUEST)
    page = Paginator(filters.qs, _ON_A_PAGE).get_page(request.GET.get("page", "1"))
    query = request.GET.copy()
    query.pop("page", None)
    context |= {"page": page, "query": query.urlencode()}
    return render(request, "people/audit.html", context)
