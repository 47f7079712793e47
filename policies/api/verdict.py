"""A verdict as the API writes it, in the words of `assess --format json`."""

from typing import Any

from rest_framework import serializers

from policies import catalogue
from policies.analysis.verdict import Effect, Status
from policies.models import Verdict
from policies.selectors.placeholders import for_account


class WitnessSerializer(serializers.Serializer[Any]):
    """A request that gets through."""

    action = serializers.CharField()
    resource = serializers.CharField()
    principal_arn = serializers.CharField()
    context = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()),
        help_text="Values by condition key.",
    )


class EvidenceSerializer(serializers.Serializer[Any]):
    """A statement that decides, or a level at which nothing allows.

    For the latter `policy_id` is empty and `statement` -1.
    """

    policy_id = serializers.CharField()
    statement = serializers.IntegerField(help_text="Counts from 0.")
    sid = serializers.CharField(allow_null=True)
    target_id = serializers.CharField(help_text="Where the policy is attached.")
    effect = serializers.ChoiceField(choices=[one.value for one in Effect])


class VerdictSerializer(serializers.Serializer[Any]):
    """What is known of one account and one guardrail, with its proof."""

    guardrail = serializers.ChoiceField(choices=catalogue.GUARDRAIL_IDS)
    status = serializers.ChoiceField(choices=[one.value for one in Status])
    reason = serializers.CharField(help_text="One sentence.")
    open_actions = serializers.ListField(child=serializers.CharField())
    closed_actions = serializers.ListField(child=serializers.CharField())
    witnesses = WitnessSerializer(many=True)
    evidence = EvidenceSerializer(many=True)
    notes = serializers.ListField(child=serializers.CharField())


def verdict_json(verdict: Verdict, account_id: str) -> dict[str, Any]:
    """What `VerdictSerializer` describes, as it was stored, of an account."""
    said = {"guardrail": verdict.guardrail, "status": verdict.status, "reason": verdict.reason}
    return for_account(said | verdict.detail, account_id)


class ParametersSerializer(serializers.Serializer[Any]):
    """What an organization may set; the same for all guardrails, each of which reads some."""

    security_role = serializers.CharField(required=False)
    trail = serializers.CharField(required=False)
    organizations_scope = serializers.ChoiceField(choices=["all", "leave"], required=False)
    exempt_principals = serializers.ListField(child=serializers.CharField(), required=False)
    colon_paths = serializers.BooleanField(required=False)
