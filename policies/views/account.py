from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from policies.models import AccountVersion
from policies.selectors.account_detail import account_detail
from policies.selectors.standing import standing


@require_safe
def account(request: HttpRequest, account_id: str) -> HttpResponse:
    """One account: its path with the SCPs of each level, and why each verdict is what it is."""
    now = standing()
    if now.assessment is None:
        return render(request, "policies/nothing_yet.html", {"standing": now})
    try:
        detail = account_detail(now.assessment, account_id)
    except AccountVersion.DoesNotExist:
        raise Http404(
            f"No account {account_id} is in the organization, as it was last crawled."
        ) from None
    return render(request, "policies/account.html", {"standing": now, "detail": detail})
