"""`/at/<moment>/…`: every page as the posture was at a moment."""

import re
from typing import Final
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import get_script_prefix

from guardrails_portal.middleware import Respond
from guardrails_portal.mounting import mounted

_MOMENT: Final = re.compile(r"^/at/([^/]+)(?=/)")
# What has a posture to show.
_PAGES: Final = "/organization/"


def moment_in_address(get_response: Respond) -> Respond:
    """Take the moment out of the address, and put it into every address made meanwhile.

    The prefix works as a mount point does (SCRIPT_NAME): every link of a page of the past
    leads to a page of the same moment. A form asks with `?as_of=`, empty for now, and is sent
    to the address with the prefix. `request.as_of` is the text of the moment, "" for now.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        found = _MOMENT.match(request.path_info)
        inner = request.path_info[found.end() :] if found else request.path_info
        if "as_of" in request.GET and request.method == "GET" and inner.startswith(_PAGES):
            return redirect(_asked_for(request, inner))
        request.as_of = found[1] if found else ""  # type: ignore[attr-defined]
        return mounted(found[0], request, get_response) if found else get_response(request)

    return respond


def _asked_for(request: HttpRequest, inner: str) -> str:
    outside = get_script_prefix().rstrip("/")
    query = request.GET.copy()
    moment = str(query.pop("as_of")[-1]).strip().replace("/", "-")
    prefix = f"{outside}/at/{quote(moment)}" if moment else outside
    address = f"{prefix}{inner}"
    return f"{address}?{query.urlencode()}" if query else address
