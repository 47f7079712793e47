"""Addresses of the API."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponseBase
from django.urls import URLPattern, path, register_converter
from django.urls.converters import StringConverter


class AwsId(StringConverter):
    """An id of AWS Organizations (`o-…`, `r-…`, `ou-…`, `p-…`) or of an account."""

    regex = "[A-Za-z0-9_-]{1,130}"


register_converter(AwsId, "aws_id")


def route(address: str, view: Callable[..., HttpResponseBase], name: str) -> list[URLPattern]:
    """The address, and the same with a slash at its end: whoever writes one means the same.

    A redirect would lose the body of a POST.
    """
    return [path(address, view, name=name), path(f"{address}/", view)]


def each_once(endpoints: list[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """For SPECTACULAR_SETTINGS["PREPROCESSING_HOOKS"]: the API's addresses, without the slash."""
    return [one for one in endpoints if one[0].startswith("/api/") and not one[0].endswith("/")]
