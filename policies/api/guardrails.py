import json
from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.sparse import SparseSerializer
from policies import catalogue
from policies.analysis.guardrail import Guardrail
from policies.api.posture import PostureListView, PostureView, Unpaged
from policies.api.verdict import ParametersSerializer
from policies.catalogue.parameters import parameters_from_json, parameters_to_json
from policies.models import Assessment


class GuardrailSerializer(SparseSerializer):
    """What must be prevented, and an SCP that prevents it."""

    id = serializers.ChoiceField(choices=catalogue.GUARDRAIL_IDS)
    number = serializers.IntegerField()
    title = serializers.CharField()
    rationale = serializers.CharField()
    actions = serializers.ListField(
        child=serializers.CharField(), help_text="All of these have to be blocked."
    )
    also = serializers.ListField(
        child=serializers.CharField(), help_text="Shown as closed or open too, and not required."
    )
    parameters = serializers.SerializerMethodField(help_text="Those that it reads.")
    reference_scp = serializers.SerializerMethodField(help_text="An SCP that enforces it.")

    @extend_schema_field(ParametersSerializer)
    def get_parameters(self, guardrail: Guardrail) -> dict[str, Any]:
        values = parameters_to_json(guardrail.parameters)
        return {name: values[name] for name in guardrail.parameter_names}

    def get_reference_scp(self, guardrail: Guardrail) -> dict[str, Any]:
        scp: dict[str, Any] = json.loads(guardrail.reference_scp)
        return scp


class GuardrailList(PostureListView):
    """Every guardrail, with the parameters by which the organization is judged."""

    serializer_class = GuardrailSerializer
    pagination_class = Unpaged
    filter_backends = ()

    def get_queryset(self) -> Any:
        return guardrails(self.assessment)


class GuardrailDetail(PostureView):
    serializer_class = GuardrailSerializer

    def get(self, _request: Request, guardrail: str) -> Response:
        """A guardrail, with the parameters by which the organization is judged."""
        for one in guardrails(self.assessment):
            if one.id == guardrail:
                return Response(self.get_serializer(one).data)
        raise NotFound(f"There is no guardrail {guardrail}.")


def guardrails(assessment: Assessment) -> Sequence[Guardrail]:
    return catalogue.guardrails(parameters_from_json(assessment.parameters))
