"""What belongs to the portal as a whole and to no app."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

SCHEMES: Final = ("system", "light", "dark")
_YEAR: Final = 365 * 24 * 60 * 60


@require_POST
def scheme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark or the system's own in a cookie, and go back to the page."""
    chosen = request.POST.get("scheme", "")
    target = request.POST.get("next", "")
    here = {request.get_host()}
    if not url_has_allowed_host_and_scheme(target, here, require_https=request.is_secure()):
        target = "home"
    response = redirect(target)
    if chosen in SCHEMES:
        response.set_cookie(
            "scheme",
            chosen,
            max_age=_YEAR,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    return response
