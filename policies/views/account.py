from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from policies.models import AccountVersion, Assessment
from policies.selectors.account_detail import account_detail
from policies.selectors.account_history import account_history
from policies.views.standing import assessment_required, standing_of


@require_safe
@assessment_required
def account(request: HttpRequest, assessment: Assessment, account_id: str) -> HttpResponse:
    """One account: its path with the SCPs of each level, and why each verdict is what it is."""
    try:
        detail = account_detail(assessment, account_id)
    except AccountVersion.DoesNotExist:
        raise Http404(
            f"No account {account_id} was in the organization when it was crawled "
            f"on {assessment.taken_at:%-d %b %Y, %H:%M} UTC."
        ) from None
    history = account_history(assessment, account_id, standing_of(request).as_of)
    return render(request, "policies/account.html", {"detail": detail, "history": history})
