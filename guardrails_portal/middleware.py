"""What every answer tells the browser not to do, and who asked."""

import contextlib
import ipaddress
import logging
import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.log_context import logged_with

# What a middleware is given, and gives: it answers a request.
Respond = Callable[[HttpRequest], HttpResponse]

logger = logging.getLogger("guardrails_portal.requests")

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# In UTF-8: U+202A to U+202E, and U+2066 to U+2069. Source: Unicode Standard Annex 9, "Explicit
# Directional Formatting Characters".
_TURNING = re.compile(rb"\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])")

# Nothing from elsewhere, nothing inline, nothing evaluated: markup that slips through is inert.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PERMISSIONS_POLICY = (
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
)


def content_security_policy(get_response: Respond) -> Respond:
    """Set the headers that SecurityMiddleware has no setting for."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        # A report, and the page of the API, bring one of their own.
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        return response

    return respond


def plain_path(get_response: Respond) -> Respond:
    """Put U+FFFD where a path has a control character, so that it leads to nothing.

    PostgreSQL refuses NUL even in a question, routes do not go on after a line's end, and in a
    log it would begin a line of its own.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        request.path_info = _CONTROL.sub("\ufffd", request.path_info)
        request.path = _CONTROL.sub("\ufffd", request.path)
        return get_response(request)

    return respond


def one_direction(get_response: Respond) -> Respond:
    """Put U+FFFD where a page has a character that turns the direction of the text around it.

    AWS admits them in the names of OUs and SCPs. Isolating each name is not enough: U+2069 in it
    ends the isolation, and what follows turns the rest of the line.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        kind = response.headers.get("Content-Type", "")
        if kind.startswith("text/html") and not response.streaming:
            response.content = _TURNING.sub("\ufffd".encode(), response.content)
        return response

    return respond


def visitor_address(get_response: Respond) -> Respond:
    """Make REMOTE_ADDR the visitor's address where a proxy ends TLS in front of the portal.

    The last address of X-Forwarded-For is the one that the proxy itself saw; those before it are
    whatever the visitor claims.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        if settings.SECURE_PROXY_SSL_HEADER:
            last = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
            # Without a proxy, as a health check comes from inside, there is none.
            with contextlib.suppress(ValueError):
                request.META["REMOTE_ADDR"] = str(ipaddress.ip_address(last))
        return get_response(request)

    return respond


def request_log(get_response: Respond) -> Respond:
    """Give each request an id, or keep the proxy's; log it at its end, and answer with the id."""

    def respond(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if re.fullmatch(r"[\w.-]{8,64}", given, re.ASCII) else uuid.uuid4().hex
        started = time.monotonic()
        with logged_with(request_id=request_id):
            response = get_response(request)
            if not request.path.startswith("/health/"):
                logger.info(
                    "%s %s %s",
                    request.method,
                    request.path,
                    response.status_code,
                    extra={
                        "method": request.method,
                        "path": request.path,
                        "status": response.status_code,
                        "milliseconds": round((time.monotonic() - started) * 1000),
                        # Only where somebody has looked it up already: a log costs no query.
                        "user": str(getattr(request, "_cached_user", "")),
                    },
                )
        response.headers["X-Request-ID"] = request_id
        return response

    return respond
