"""How organizations are reached; for administrators. AWS is asked by the worker, never here."""

import secrets
from typing import Any, ClassVar, Final

from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.bodies import (
    NumberField,
    StrictSerializer,
    TextField,
    TruthField,
    said_of_members,
)
from accounts.api.sparse import SparseSerializer
from accounts.api.views import DetailView, ListView, ResourceView
from accounts.auditing import actor_of
from accounts.connections import change_connection, create_connection, delete_connection
from accounts.models import Connection
from accounts.tasks import ask_for_trial

RIGHTS: Final = {
    "GET": "accounts.view_connection",
    "POST": "accounts.add_connection",
    "PATCH": "accounts.change_connection",
    "DELETE": "accounts.delete_connection",
}
_ROLE: Final = "In the management account or a delegated administrator; empty for none."
_PROFILE: Final = "Of ~/.aws/config on the worker's machine; ordinarily empty."
_MINUTES: Final = "From the start of one crawl to that of the next; null for the setting's."
_SHARE: Final = "Part of AWS's request rates that its crawls may use; null for the setting's."
_SCHEDULED: Final = "Whether it is crawled by the clock, and not only when somebody asks."


class TrialSerializer(serializers.Serializer[Any]):
    """What AWS said when the connection was tested last."""

    state = serializers.SerializerMethodField()
    asked_at = serializers.DateTimeField(source="trial_asked_at", allow_null=True)
    tried_at = serializers.DateTimeField(allow_null=True)
    sentence = serializers.CharField(source="trial_sentence", help_text="For a person, or empty.")

    @extend_schema_field({"type": "string", "enum": ["untried", "running", "passed", "failed"]})
    def get_state(self, connection: Connection) -> str:
        if connection.being_tried:
            return "running"
        if connection.tried_at is None:
            return "untried"
        return "passed" if connection.trial_passed else "failed"


class ConnectionSerializer(SparseSerializer, serializers.ModelSerializer[Connection]):
    """How an organization is reached, and how often it is crawled. It holds no secret of AWS's."""

    role_arn = serializers.CharField(help_text=_ROLE)
    external_id = serializers.SerializerMethodField(
        help_text="A hint, such as `…x7Qa`: the whole is in the answer that created it alone."
    )
    profile = serializers.CharField(help_text=_PROFILE)
    interval_minutes = serializers.IntegerField(allow_null=True, help_text=_MINUTES)
    rate_share = serializers.FloatField(allow_null=True, help_text=_SHARE)
    scheduled = serializers.BooleanField(help_text=_SCHEDULED)
    organization = serializers.CharField(
        source="organization.aws_id",
        default=None,
        allow_null=True,
        help_text="The one that it led to last; null before its first crawl.",
    )
    trial = serializers.SerializerMethodField()

    class Meta:
        model = Connection
        fields: ClassVar = [
            *("id", "name", "role_arn", "external_id", "profile", "interval_minutes"),
            *("rate_share", "scheduled", "organization", "created_at", "trial"),
        ]

    def get_external_id(self, connection: Connection) -> str:
        return connection.external_id_hint if connection.external_id else ""

    @extend_schema_field(TrialSerializer)
    def get_trial(self, connection: Connection) -> Any:
        return TrialSerializer(connection).data


class NewConnectionSerializer(ConnectionSerializer):
    """The connection with its external id, which is not given out again."""

    def get_external_id(self, connection: Connection) -> str:
        return connection.external_id


class ConnectionBody(StrictSerializer):
    """A connection: with the worker's own credentials unless a role or a profile is named."""

    name = TextField(max_length=100)
    role_arn = TextField(max_length=2048, allow_blank=True, required=False, help_text=_ROLE)
    external_id = TextField(
        max_length=1224,
        allow_blank=True,
        required=False,
        help_text="What the role's trust policy asks for. Left out, a new role's is made.",
    )
    profile = TextField(max_length=128, allow_blank=True, required=False, help_text=_PROFILE)
    interval_minutes = NumberField(
        min_value=5, max_value=10_080, allow_null=True, required=False, help_text=_MINUTES
    )
    rate_share = serializers.FloatField(
        min_value=0.01, max_value=1, allow_null=True, required=False, help_text=_SHARE
    )
    scheduled = TruthField(required=False, help_text=_SCHEDULED)


class ConnectionList(ListView):
    """Every connection, by name; for administrators."""

    queryset = Connection.objects.select_related("organization")
    serializer_class = ConnectionSerializer
    orderings: ClassVar = {"name": ("name",), "id": ("pk",)}
    permission_required = RIGHTS

    @extend_schema(request=ConnectionBody, responses={201: NewConnectionSerializer})
    def post(self, request: Request) -> Response:
        """Connect an organization. A worker tests the connection at once: see its `trial`."""
        given = ConnectionBody.given(request)
        if given.get("role_arn"):
            given.setdefault("external_id", secrets.token_urlsafe(24))
        with said_of_members():
            stored = create_connection(actor_of(request), Connection(**given))
        ask_for_trial(actor_of(request), stored)
        made = NewConnectionSerializer(stored, context={"request": request})
        return self.at("connection", stored.pk, status=201, data=made.data)


class ConnectionDetail(DetailView):
    """A connection; for administrators."""

    queryset = Connection.objects.select_related("organization")
    serializer_class = ConnectionSerializer
    permission_required = RIGHTS

    @extend_schema(request=ConnectionBody, responses=ConnectionSerializer)
    def patch(self, request: Request, **_kwargs: Any) -> Response:
        """Change the members that are sent; other credentials are tested at once."""
        changed: Connection = self.get_object()
        for name, value in ConnectionBody.given(request, partial=True).items():
            setattr(changed, name, value)
        if not changed.role_arn and "external_id" not in request.data:
            changed.external_id = ""
        with said_of_members():
            change_connection(actor_of(request), changed)
        if changed.tried_at is None and not changed.being_tried:
            ask_for_trial(actor_of(request), changed)
        return Response(self.get_serializer(changed).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, **_kwargs: Any) -> Response:
        """Crawl by it no more; what it found is kept."""
        delete_connection(actor_of(request), self.get_object())
        return Response(status=204)


class ConnectionTest(ResourceView):
    """Whether a connection works."""

    queryset = Connection.objects.all()
    serializer_class = ConnectionSerializer
    permission_required = "accounts.change_connection"

    @extend_schema(
        request=None, responses={202: OpenApiResponse(description="The worker was asked.")}
    )
    def post(self, request: Request, **_kwargs: Any) -> Response:
        """Have a worker ask AWS; its answer will stand in the connection's `trial`."""
        stored: Connection = self.get_object()
        ask_for_trial(actor_of(request), stored)
        return self.at("connection", stored.pk, status=202)
