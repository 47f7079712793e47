from http import HTTPStatus

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guardrails_portal.people.forms import AuditFilterForm
from guardrails_portal.people.selectors.audit import audit_entries


@require_safe
@permission_required("accounts.view_auditentry", raise_exception=True)
def audit(request: HttpRequest) -> HttpResponse:
    """Who changed what. The address holds the filter: it can be sent to a colleague."""
    form = AuditFilterForm(request.GET)
    if not form.is_valid():
        return render(request, "people/audit.html", {"form": form}, status=HTTPStatus.BAD_REQUEST)
    page = audit_entries(form.cleaned_data, request.GET.get("page", "1"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {"form": form, "page": page, "query": query.urlencode()}
    return render(request, "people/audit.html", context)
