"""`/at/<moment>/…`: every page as the posture was at a moment."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import get_script_prefix, set_script_prefix

_MOMENT: Final = re.compile(r"^/at/([^/]+)(?=/)")
# What has a posture to show.
_PAGES: Final = "/organization/"


def moment_in_address(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Take the moment out of the address, and put it into every address made meanwhile.

    The prefix works as a mount point does (SCRIPT_NAME): every link of a page of the past
    leads to a page of the same moment. A form asks with `?as_of=`, empty for now, and is sent
    to the address with the prefix. `request.as_of` is the text of the moment, "" for now.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        found = _MOMENT.match(request.path_info)
        outside = get_script_prefix()
        inner = request.path_info[found.end() :] if found else request.path_info
        if "as_of" in request.GET and request.method == "GET" and inner.startswith(_PAGES):
            return redirect(_asked_for(request, outside, inner))
        request.as_of = found[1] if found else ""  # type: ignore[attr-defined]
        if found is None:
            return get_response(request)
        set_script_prefix(f"{outside.rstrip('/')}{found[0]}/")
        request.path_info = inner
        try:
            return get_response(request)
        finally:
            set_script_prefix(outside)

    return respond


def _asked_for(request: HttpRequest, outside: str, inner: str) -> str:
    query = request.GET.copy()
    moment = str(query.pop("as_of")[-1]).strip().replace("/", "-")
    prefix = f"{outside.rstrip('/')}/at/{quote(moment)}" if moment else outside.rstrip("/")
    address = f"{prefix}{inner}"
    return f"{address}?{query.urlencode()}" if query else address
