"""`/o/<organization>/…`: every page of one organization under its own prefix."""

import re
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import get_script_prefix, set_script_prefix

from guardrails_portal.middleware import Respond

# Organization.Id of the Organizations API: `o-` and 10 to 32 of these.
_MOUNT: Final = re.compile(r"^/o/(o-[a-z0-9]{10,32})(?=/)")


def organization_in_address(get_response: Respond) -> Respond:
    """Take the organization out of the address, and put it into every address made meanwhile.

    The prefix works as a mount point does (SCRIPT_NAME): `reverse` and `{% url %}` lead to
    pages of the same organization, so a link can be sent to a colleague, and no view, form
    or template has to hand the organization on. `request.organization_id` is "" without it.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        found = _MOUNT.match(request.path_info)
        request.organization_id = found[1] if found else ""  # type: ignore[attr-defined]
        if found is None:
            return _where_it_stays(request, get_response(request))
        return mounted(found[0], request, get_response)

    return respond


def mounted(prefix: str, request: HttpRequest, get_response: Respond) -> HttpResponse:
    """The answer to what follows the prefix; every address made meanwhile begins with it."""
    outside = get_script_prefix()
    set_script_prefix(f"{outside.rstrip('/')}{prefix}/")
    request.path_info = request.path_info.removeprefix(prefix)
    try:
        return get_response(request)
    finally:
        set_script_prefix(outside)


def _where_it_stays(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """With several organizations, a page that was asked for without one moves to its own.

    Which one was crawled last changes; an address that is sent on must not.
    """
    standing = getattr(request, "standing", None)
    if standing is None or len(standing.organizations) < 2 or standing.organization is None:
        return response
    if request.method != "GET" or not request.path_info.startswith("/organization/"):
        return response
    return redirect(f"/o/{standing.organization.aws_id}{request.get_full_path()}")
