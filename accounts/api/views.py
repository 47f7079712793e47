"""What the views of every resource have in common."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any, ClassVar, Final

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.decorators import method_decorator
from django.utils.http import http_date
from django.views.decorators.http import conditional_page
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from accounts.api.paging import KeysetPagination
from accounts.api.query import check_query, words
from accounts.api.sparse import CHOSEN, SparseSerializer

FIELDS: Final = "fields"
FORMAT: Final = "format"


class ApiView(APIView):
    """Answers 405 to a method that it has not, whoever asks, and then looks at rights."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if (request.method or "") not in self.allowed_methods:
            raise MethodNotAllowed(request.method or "")
        super().initial(request, *args, **kwargs)

    def at(self, name: str, *args: object, status: int, data: Any = None) -> Response:
        """The answer that `Location` says where it stands: at the API's address `name`."""
        where = reverse(f"api:{name}", args=args, request=self.request)
        return Response(data, status=status, headers={"Location": where})

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        """What may be done is in `Allow`; what with, in the schema."""
        return Response(status=HTTPStatus.NO_CONTENT)


@method_decorator(conditional_page, name="dispatch")
class ResourceView(ApiView, GenericAPIView[Any]):
    """Checks the query, keeps the chosen fields, and lets clients ask "only if it changed".

    The ETag is that of the answer's bytes, so it can never be one of another answer.
    """

    throttle_scope = "api"
    lookup_url_kwarg = "id"
    # What the view itself reads of the query.
    parameters: ClassVar[tuple[OpenApiParameter, ...]] = ()
    filterset_class: ClassVar[type[FilterSet] | None] = None
    pagination_class: type[KeysetPagination] | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        check_query(request, self.known_parameters())

    def known_parameters(self) -> set[str]:
        known = {one.name for one in self.parameters}
        if len(self.renderer_classes) > 1:
            known.add(FORMAT)
        if issubclass(self.get_serializer_class(), SparseSerializer):
            known.add(FIELDS)
        if self.filterset_class:
            known.update(self.filterset_class.base_filters)  # type: ignore[attr-defined]
        if self.paginator:
            told = self.paginator.get_schema_operation_parameters(self)
            known.update(one["name"] for one in told)
        return known

    def get_serializer_context(self) -> dict[str, Any]:
        context = {**super().get_serializer_context()}
        serializer = self.get_serializer_class()
        # None while the schema is made.
        request: Request | None = self.request
        if request and issubclass(serializer, SparseSerializer):
            context[CHOSEN] = words(request, FIELDS, list(serializer().get_fields()))
        return context

    def last_modified(self) -> datetime | None:
        """When what is answered was last written, where one moment says it."""
        return None

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        # To be kept, but by nobody in between, and not without asking.
        patch_cache_control(answer, private=True, no_cache=True)
        patch_vary_headers(answer, ["Accept", "Authorization", "Cookie"])
        if request.method == "GET" and answer.status_code == 200 and (when := self.last_modified()):
            answer.headers["Last-Modified"] = http_date(when.timestamp())
        return answer


class ListView(ResourceView):
    """A page of rows. `orderings` and `default_ordering` are `KeysetPagination`'s."""

    pagination_class = KeysetPagination
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": ("aws_id",)}
    # One of its words, if the first is not the default.
    default_ordering: ClassVar[str] = ""

    def get(self, request: Request, **_kwargs: Any) -> HttpResponseBase:  # noqa: ARG002
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        context = {**self.get_serializer_context(), **self.context_of(rows or [])}
        serializer = self.get_serializer_class()(rows, many=True, context=context)
        return self.get_paginated_response(serializer.data)

    def context_of(self, _rows: Sequence[Any]) -> dict[str, Any]:
        """What the serializer needs to know of the whole page."""
        return {}


class DetailView(ResourceView):
    """One row, or 404."""

    def get(self, _request: Request, **_kwargs: Any) -> Response:
        return Response(self.get_serializer(self.get_object()).data)
