"""The OpenAPI schema, where drf-spectacular cannot know."""

import re
from typing import Any, Final

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import is_serializer

from accounts.api.bodies import StrictSerializer
from accounts.api.problems import MEDIA_TYPE
from accounts.api.sparse import SparseSerializer
from accounts.api.views import FIELDS, ListView, ResourceView

PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "description": "What went wrong, as RFC 9457 has it.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "One sentence, or several, for a person."},
        "errors": {
            "type": "array",
            "description": "Each wrong parameter of the query, or member of the body.",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "parameter": {"type": "string"},
                    "pointer": {"type": "string", "description": "A JSON Pointer."},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
_RESPONSES: Final[dict[str, Any]] = {
    "Problem": {
        "description": "Any error.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    },
    "NotModified": {"description": "It is what `If-None-Match` or `If-Modified-Since` know."},
}


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "guardrails_portal.people.api.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:  # noqa: ARG002
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token from Settings → API tokens. Its scope limits what it may do.",
        }


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "rest_framework.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:  # noqa: ARG002
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "For people who have logged in; what changes something needs CSRF's.",
        }


def with_components(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """For SPECTACULAR_SETTINGS["POSTPROCESSING_HOOKS"]: what every operation refers to."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    result["components"]["responses"] = _RESPONSES
    return result


class PortalSchema(AutoSchema):
    """Adds what every operation has: problems, `fields`, and 304 where one can be answered."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is not None:
            if self.method == "GET" and isinstance(self.view, ResourceView):
                operation["responses"]["304"] = {"$ref": "#/components/responses/NotModified"}
            operation["responses"]["default"] = {"$ref": "#/components/responses/Problem"}
        return operation

    def get_summary(self) -> str | None:
        """The beginning of the description: what a list of operations shows of each."""
        told = " ".join(str(self.get_description() or "").split())
        return re.split(r"[.;:](?: |$)", told, maxsplit=1)[0].replace("`", "") or None

    def get_override_parameters(self) -> list[Any]:
        more = self.view.parameters if isinstance(self.view, ResourceView) else ()
        return [*super().get_override_parameters(), *(more if self.method == "GET" else ())]

    def _is_list_view(self, serializer: Any = None) -> bool:
        if isinstance(self.view, ListView):
            return self.method == "GET" and (serializer is None or is_serializer(serializer))
        return bool(super()._is_list_view(serializer))

    def _get_parameters(self) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super()._get_parameters()
        serializer = self.get_response_serializers() if self.method == "GET" else None
        if isinstance(serializer, SparseSerializer):
            parameters.append(
                {
                    "name": FIELDS,
                    "in": "query",
                    "description": (
                        "The members to answer with, separated by commas; "
                        f"{' and '.join(f'`{one}`' for one in serializer.always)} are always there."
                    ),
                    "explode": False,
                    "schema": {
                        "type": "array",
                        "minItems": 1,
                        "items": {"type": "string", "enum": list(serializer.get_fields())},
                    },
                }
            )
        return parameters

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> dict[str, Any]:
        mapped: dict[str, Any] = super()._map_basic_serializer(  # type: ignore[no-untyped-call]
            serializer, direction
        )
        if isinstance(serializer, SparseSerializer):
            # The others can be left out by `fields`.
            mapped["required"] = list(serializer.always)
        if isinstance(serializer, StrictSerializer):
            mapped["additionalProperties"] = False
        return mapped
