"""Pages that begin where the last one ended.

A cursor holds the position of the last row seen and not a number of rows, so rows that come
or go while somebody pages neither repeat a row nor skip one. It also holds what the first
page was read from, where the view says so: a crawl in between does not mix two postures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from django.core.signing import BadSignature, Signer
from django.db.models import Model, Q
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from accounts.api.query import whole_number

PAGE_SIZE: Final = 100
MAX_PAGE_SIZE: Final = 1000


@dataclass(frozen=True, slots=True)
class Cursor:
    """`after` are the last row's values of what the rows are ordered by, `pinned` a key."""

    ordering: str
    after: Sequence[Any]
    pinned: int | None

    def text(self, path: str) -> str:
        """Good at the address that it was made for, and nowhere else."""
        return _signer(path).sign_object([self.ordering, self.after, self.pinned])


def cursor_of(request: Request) -> Cursor | None:
    """Raises `ValidationError` for one that the portal did not give."""
    text = request.query_params.get("cursor")
    if text is None:
        return None
    try:
        return Cursor(*_signer(request.path).unsign_object(text))
    except (BadSignature, ValueError):
        raise ValidationError(
            {"cursor": "This cursor is none that the portal gave; start without one."}
        ) from None


@dataclass(frozen=True, slots=True)
class Ordering:
    """What `ordering=` says, and the fields that it stands for."""

    word: str
    fields: tuple[str, ...]

    @classmethod
    def asked(cls, request: Request, view: APIView | None) -> Self:
        """Raises `ValidationError` for a word that the view does not know."""
        word = request.query_params.get("ordering", _default(view))
        fields = _orderings(view).get(word.removeprefix("-"))
        if fields is None or word not in _choices(view):
            choices = ", ".join(_choices(view))
            raise ValidationError({"ordering": f"“{word}” is not one of the choices: {choices}."})
        return cls(word, fields)

    @property
    def backwards(self) -> bool:
        return self.word.startswith("-")

    @property
    def names(self) -> list[str]:
        """For `order_by`."""
        return [f"{'-' * self.backwards}{field}" for field in self.fields]

    def beyond(self, after: Sequence[Any]) -> Q:
        """The rows after that position: (a, b) > (x, y), for which Django has no word."""
        further = "lt" if self.backwards else "gt"
        beyond = Q()
        for index, field in enumerate(self.fields):
            same = {self.fields[before]: after[before] for before in range(index)}
            beyond |= Q(**same, **{f"{field}__{further}": after[index]})
        # Implied by the rest, and what an index can begin at.
        return Q(**{f"{self.fields[0]}__{further}e": after[0]}) & beyond


class KeysetPagination(BasePagination):
    """`next` is the address of the next page, null on the last; `Link` says the same.

    The view's `orderings` map each word of `ordering=` to the fields that it stands for, none
    of them ever null and all together unique; the default is its `default_ordering`, or else
    the first.
    """

    next: str | None = None

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any]:
        cursor = cursor_of(request)
        ordering = Ordering.asked(request, view)
        if cursor:
            if cursor.ordering != ordering.word:
                raise ValidationError({"cursor": "This cursor is of another ordering."})
            queryset = queryset.filter(ordering.beyond(cursor.after))
        size = whole_number(request, "page_size", PAGE_SIZE, MAX_PAGE_SIZE)
        found = list(queryset.order_by(*ordering.names)[: size + 1])
        if len(found) > size:
            del found[size:]
            after = [_value(found[-1], name) for name in ordering.fields]
            following = Cursor(ordering.word, after, getattr(view, "pinned", None))
            address = request.build_absolute_uri()
            self.next = replace_query_param(address, "cursor", following.text(request.path))
        return found

    def get_paginated_response(self, data: Any) -> Response:
        headers = {"Link": f'<{self.next}>; rel="next"'} if self.next else {}
        return Response({"next": self.next, "results": data}, headers=headers)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {
                    "description": "Address of the next page; null on the last.",
                    "type": ["string", "null"],
                    "format": "uri",
                },
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            {
                "name": "cursor",
                "in": "query",
                "description": "From `next` of the page before.",
                "schema": {"type": "string", "minLength": 1},
            },
            {
                "name": "page_size",
                "in": "query",
                "description": "How many results a page holds.",
                "schema": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": MAX_PAGE_SIZE,
                    "default": PAGE_SIZE,
                },
            },
            {
                "name": "ordering",
                "in": "query",
                "description": "What results are ordered by; `-` turns it round.",
                "schema": {"type": "string", "enum": _choices(view), "default": _default(view)},
            },
        ]


def _signer(path: str) -> Signer:
    return Signer(salt=f"accounts.api.paging:{path}")


def _orderings(view: APIView | None) -> Mapping[str, tuple[str, ...]]:
    orderings: Mapping[str, tuple[str, ...]] = view.orderings  # type: ignore[union-attr]
    return orderings


def _choices(view: APIView | None) -> list[str]:
    return [f"{sign}{name}" for name in _orderings(view) for sign in ("", "-")]


def _default(view: APIView | None) -> str:
    return getattr(view, "default_ordering", "") or _choices(view)[0]


def _value(row: Model, name: str) -> Any:
    value: Any = row
    for part in name.split("__"):
        value = getattr(value, part)
    return value if isinstance(value, int | str) else value.isoformat()
