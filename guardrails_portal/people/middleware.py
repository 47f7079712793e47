from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from guardrails_portal.people.models import User

# Where one may go before one's own password is chosen, by the names of addresses.
_MEANWHILE = frozenset({"people:password", "logout", "live", "ready"})


def own_password_first(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Whoever signed in with a one-time password chooses their own before anything else."""

    def respond(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, *_: object) -> HttpResponse | None:
        user = request.user
        match = request.resolver_match
        if (
            isinstance(user, User)
            and user.must_choose_password
            and (match is None or match.view_name not in _MEANWHILE)
        ):
            return redirect("people:password")
        return None

    respond.process_view = process_view  # type: ignore[attr-defined]
    return respond
