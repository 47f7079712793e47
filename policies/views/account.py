from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from policies.models import AccountVersion
from policies.selectors.account_detail import account_detail, with_scps
from policies.selectors.account_history import account_history
from policies.views.standing import standing_of


@require_safe
def account(request: HttpRequest, account_id: str) -> HttpResponse:
    """One account: its path with the SCPs of each level, and why each verdict is what it is."""
    now = standing_of(request)
    if now.assessment is None:
        return render(request, "policies/nothing_yet.html")
    try:
        detail = account_detail(now.assessment, account_id)
    except AccountVersion.DoesNotExist:
        raise Http404(
            f"No account {account_id} was in the organization when it was crawled "
            f"on {now.assessment.taken_at:%-d %b %Y, %H:%M} UTC."
        ) from None
    history = account_history(now.assessment, account_id, now.as_of)
    context = {
        "detail": with_scps(detail, now.assessment),
        "history": history,
    }
    return render(request, "policies/account.html", context)
