from typing import Any, ClassVar

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.bodies import StrictSerializer, TextField, TruthField
from accounts.api.sparse import SparseSerializer
from accounts.api.views import ResourceView
from accounts.auditing import actor_of
from accounts.models import Organization
from policies.api.verdict import ParametersSerializer
from policies.catalogue.parameters import (
    ParameterError,
    parameters_from_json,
    parameters_to_json,
)
from policies.selectors.parameters import parameters_of
from policies.services.parameters import change_parameters
from policies.tasks import reassess_organization


class OrganizationParametersSerializer(SparseSerializer, ParametersSerializer):
    """By which values an organization's accounts are judged."""

    always = ("organization",)

    organization = serializers.CharField()
    changed_at = serializers.DateTimeField(
        allow_null=True, help_text="Null while these are the defaults."
    )


class ParametersBody(StrictSerializer):
    """Parameters to be set; what is not named stays as it is."""

    security_role = TextField(
        max_length=64, required=False, help_text="Roles that guardrail 1 protects, with * and ?."
    )
    trail = TextField(
        max_length=128, required=False, help_text="Trails that guardrail 3 protects; * is all."
    )
    organizations_scope = serializers.ChoiceField(
        choices=["all", "leave"], required=False, help_text="What guardrail 5 asks for."
    )
    exempt_principals = serializers.ListField(
        child=TextField(max_length=2048),
        max_length=200,
        required=False,
        help_text="ARN patterns of who may keep what the guardrails take from others.",
    )
    colon_paths = TruthField(
        required=False, help_text="Whether users whose path holds a colon count."
    )


class ParametersDetail(ResourceView):
    """The guardrails' parameters of an organization."""

    queryset = Organization.objects.all()
    lookup_field = "aws_id"
    lookup_url_kwarg = "organization"
    serializer_class = OrganizationParametersSerializer
    permission_required: ClassVar = {
        "GET": "policies.view_verdict",
        "PATCH": "policies.change_parameters",
    }

    def get(self, _request: Request, **_kwargs: Any) -> Response:
        """What is in force, which `guardrails` show filled in."""
        return self._answer(self.get_object())

    @extend_schema(request=ParametersBody, responses=OrganizationParametersSerializer)
    def patch(self, request: Request, **_kwargs: Any) -> Response:
        """Set those that are sent; for administrators. A worker then judges every account again."""
        given = ParametersBody.given(request)
        with transaction.atomic():
            # Of two who change different ones, each sees what the other set.
            organization = Organization.objects.select_for_update().get(pk=self.get_object().pk)
            now = parameters_to_json(parameters_of(organization))
            try:
                wanted = parameters_from_json(now | given)
            except ParameterError as error:
                raise ValidationError(_named(str(error))) from None
            if change_parameters(organization, wanted, actor_of(request)):
                transaction.on_commit(lambda: reassess_organization.delay(organization.pk))
        return self._answer(organization)

    def _answer(self, organization: Organization) -> Response:
        newest = organization.parameters_changes.first()
        said = {
            "organization": organization.aws_id,
            "changed_at": newest.changed_at if newest else None,
            **parameters_to_json(parameters_of(organization)),
        }
        return Response(self.get_serializer(said).data)


def _named(sentence: str) -> dict[str, str]:
    """ "parameters.trail: must be …" as what is wrong with the member."""
    place, _, rest = sentence.partition(": ")
    return {place.removeprefix("parameters."): f"It {rest}."}
