"""What every page shows around its content."""

from typing import Any

from django.http import Http404, HttpRequest
from django.utils.functional import SimpleLazyObject

from policies.selectors.standing import Standing
from policies.views.standing import standing_of


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the scheme that was chosen, and how the organization stands."""

    def known() -> Standing:
        try:
            return standing_of(request)
        except Http404:
            # The page that says so has a bar too.
            return Standing(None, None)

    return {
        "scheme": request.COOKIES.get("scheme", "system"),
        "standing": SimpleLazyObject(known),
    }
