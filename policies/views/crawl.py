from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from accounts.auditing import actor_of
from accounts.connections import connections_to
from accounts.models import Connection
from policies.selectors.crawls import crawl_row
from policies.selectors.crawls import crawls as select_crawls
from policies.tasks import ask_for_crawls
from policies.views.standing import standing_of


@require_POST
@permission_required("accounts.add_crawl", raise_exception=True)
def crawl(request: HttpRequest) -> HttpResponse:
    """Ask the worker for a crawl now, and go back to where the button was.

    By the `connection` posted, else of the organization that pages are about.
    """
    if ask_for_crawls(actor_of(request), _chosen(request)):
        messages.success(request, "A crawl was asked for; its result will show here.")
    else:
        messages.info(request, "A crawl is running already; its result will show here.")
    target = request.POST.get("next", "")
    here = {request.get_host()}
    if not url_has_allowed_host_and_scheme(target, here, require_https=request.is_secure()):
        target = "policies:matrix"
    return redirect(target)


def _chosen(request: HttpRequest) -> list[Connection]:
    key = request.POST.get("connection", "")
    if key:
        return [get_object_or_404(Connection, pk=key if key.isdecimal() else None)]
    return connections_to(standing_of(request).organization)


@require_safe
def crawls(request: HttpRequest) -> HttpResponse:
    """How the crawls went, and the one that runs as it goes: htmx asks for the list again."""
    now = standing_of(request)
    page = select_crawls(now.organization, request.GET.get("page", "1"))
    context = {
        "page": page,
        "rows": [crawl_row(one) for one in page],
        "query": request.GET,
    }
    return render(request, "policies/crawls.html", context)


@require_safe
def crawl_status(request: HttpRequest) -> HttpResponse:
    """The line about the last crawl, which pages ask for again and again.

    `shown` is the assessment on the page. A page that shows none has nothing to lose and is
    reloaded when anything happened since `seen`; any other is left to its reader.
    """
    now = standing_of(request)
    shown = request.GET.get("shown", "")
    newer = now.assessment is not None and str(now.assessment.pk) != shown
    context = {"shown": shown, "newer": newer}
    response = render(request, "policies/_crawl_status.html", context)
    if not shown and request.GET.get("seen", "") != now.seen:
        response["HX-Refresh"] = "true"
    return response
