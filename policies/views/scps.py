from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from policies.models import Assessment, PolicyVersion
from policies.selectors.scp_detail import scp_detail
from policies.selectors.scps import scp_rows
from policies.selectors.scps import scps as select
from policies.views.standing import assessment_required


@require_safe
@assessment_required
def scps(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """All SCPs, fifty a page."""
    text = request.GET.get("q", "").strip()
    page = select(assessment, text, request.GET.get("page", "1"))
    context = {
        "text": text,
        "page": page,
        "rows": scp_rows(assessment, list(page)),
        "query": request.GET,
    }
    return render(request, "policies/scps.html", context)


@require_safe
@assessment_required
def scp(request: HttpRequest, assessment: Assessment, policy_id: str) -> HttpResponse:
    """One SCP: its text, what each statement is good for, and whom it reaches."""
    try:
        found = scp_detail(assessment, policy_id)
    except PolicyVersion.DoesNotExist:
        raise Http404(
            f"No SCP {policy_id} is in the organization, as it was last crawled."
        ) from None
    return render(request, "policies/scp.html", {"scp": found})
