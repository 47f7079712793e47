"""Every error of the API as a problem of RFC 9457, `application/problem+json`."""

import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponseBase, JsonResponse
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler, set_rollback

MEDIA_TYPE: Final = "application/problem+json"
_READING: Final = ("GET", "HEAD", "OPTIONS")
_UNFORESEEN: Final = "The portal failed; its log says where. Nothing was changed."

logger = logging.getLogger(__name__)


class TooLarge(APIException):
    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class Conflict(APIException):
    status_code = HTTPStatus.CONFLICT


class Busy(APIException):
    """To be tried again after `wait` seconds, which `Retry-After` says."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE

    def __init__(self, detail: str, wait: int) -> None:
        super().__init__(detail)
        self.wait = wait


def problem(error: Exception, context: Mapping[str, Any]) -> HttpResponseBase:
    """For REST_FRAMEWORK's EXCEPTION_HANDLER: `errors` name each wrong parameter or member."""
    request: Request = context["request"]
    if isinstance(error, RequestDataTooBig):
        error = TooLarge("The body is larger than the portal takes.")
    response = exception_handler(error, dict(context))
    if response is None:
        logger.error("%s %s failed.", request.method, request.path, exc_info=error)
        set_rollback()
        response = Response(
            {"detail": _UNFORESEEN}, status=HTTPStatus.INTERNAL_SERVER_ERROR, headers={}
        )
    answer = JsonResponse(
        _body(error, response, request),
        status=response.status_code,
        content_type=MEDIA_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )
    for name, value in response.headers.items():
        answer.headers.setdefault(name, value)
    return answer


class NoSuchAddress(APIView):
    """What answers below the API's address where nothing else does."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound(f"{request.path} is no address of the API; its schema lists all.")


def _body(error: Exception, response: Response, request: Request) -> dict[str, Any]:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(response.status_code).phrase,
        "status": response.status_code,
    }
    if isinstance(error, ValidationError):
        where = "parameter" if request.method in _READING else "pointer"
        body["errors"] = [
            {where: place, "detail": text}
            for place, text in _places(error.detail, "" if where == "parameter" else "#")
        ]
        body["detail"] = " ".join(one["detail"] for one in body["errors"])
    else:
        body["detail"] = str(response.data["detail"])
    return body


def _places(detail: Any, place: str) -> Iterator[tuple[str, str]]:
    """Each sentence with the name of its parameter, or with its JSON Pointer."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else f"/{name}" if place else str(name)
            yield from _places(inner, place + own)
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            # A list of sentences is about one place, a list of mappings about its elements.
            listed = isinstance(inner, Mapping)
            yield from _places(inner, f"{place}/{index}" if listed else place)
    else:
        yield place, str(detail)
