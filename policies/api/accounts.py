from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.sparse import SparseSerializer
from accounts.snapshot import AccountState
from policies import catalogue
from policies.analysis.verdict import Status
from policies.api.filters import PlaceFilter, guardrails_filter, status_filter
from policies.api.posture import PostureListView, PostureSerializer, PostureView
from policies.api.verdict import VerdictSerializer, verdict_json
from policies.models import AccountVersion, Verdict
from policies.selectors.account_filters import has_status
from policies.selectors.account_path import account_path
from policies.selectors.headings import statuses
from policies.selectors.verdict_rows import statuses_of


class AccountSerializer(SparseSerializer):
    """An AWS account, and whether it has each guardrail."""

    id = serializers.CharField(source="aws_id")
    name = serializers.CharField()
    email = serializers.CharField()
    state = serializers.ChoiceField(choices=[one.value for one in AccountState])
    management = serializers.SerializerMethodField(
        help_text="Whether it is the management account, which SCPs never affect."
    )
    unit_id = serializers.CharField(source="unit.aws_id", help_text="The root or OU it is in.")
    unit_path = serializers.CharField(source="unit.display_path", help_text="Names of OUs.")
    statuses = serializers.SerializerMethodField(help_text="By id of the guardrail.")

    def get_management(self, account: AccountVersion) -> bool:
        management: str = self.context["view"].assessment.management_account_id
        return account.aws_id == management

    @extend_schema_field(
        {
            "type": "object",
            "properties": {
                one: {"type": "string", "enum": [status.value for status in Status]}
                for one in catalogue.GUARDRAIL_IDS
            },
        }
    )
    def get_statuses(self, account: AccountVersion) -> dict[str, str]:
        found: dict[int, dict[str, str]] = self.context["statuses"]
        return found[account.posture_id]


class AttachedPolicySerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    aws_managed = serializers.BooleanField()


class LevelSerializer(serializers.Serializer[Any]):
    """A level of an account's path, with the SCPs attached there."""

    id = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=["Root", "OU", "Account"])
    policies = AttachedPolicySerializer(many=True)


class AccountDetailSerializer(AccountSerializer):
    """The account with its path from the root down, and its verdicts with their proof."""

    posture = serializers.SerializerMethodField()
    levels = serializers.SerializerMethodField()
    verdicts = serializers.SerializerMethodField()

    @extend_schema_field(PostureSerializer)
    def get_posture(self, _account: AccountVersion) -> Any:
        return PostureSerializer(self.context["view"].assessment).data

    @extend_schema_field(LevelSerializer(many=True))
    def get_levels(self, _account: AccountVersion) -> Any:
        return LevelSerializer(self.context["levels"], many=True).data

    @extend_schema_field(VerdictSerializer(many=True))
    def get_verdicts(self, account: AccountVersion) -> Any:
        return [verdict_json(one, account.aws_id) for one in self.context["verdicts"]]


class AccountFilter(PlaceFilter):
    guardrail = guardrails_filter(method="unchanged")
    status = status_filter(method="unchanged")

    def unchanged(
        self, rows: QuerySet[AccountVersion], _name: str, _words: list[str]
    ) -> QuerySet[AccountVersion]:
        """`filter_queryset` takes the two together."""
        return rows

    def filter_queryset(self, queryset: QuerySet[AccountVersion]) -> QuerySet[AccountVersion]:
        rows: QuerySet[AccountVersion] = super().filter_queryset(queryset)
        guardrails, words = (self.form.cleaned_data[name] for name in ("guardrail", "status"))
        if words:
            return rows.filter(has_status(statuses(words), guardrails))
        if guardrails:
            raise ValidationError({"guardrail": "Narrows together with `status` only; add it."})
        return rows


class AccountList(PostureListView):
    """The accounts of an organization; `status` and `guardrail` keep those with such a verdict."""

    queryset = AccountVersion.objects.select_related("unit")
    serializer_class = AccountSerializer
    filterset_class = AccountFilter
    orderings: ClassVar = {
        "id": ("aws_id",),
        "name": ("name", "aws_id"),
        "path": ("unit__display_path", "name", "aws_id"),
    }

    def get_queryset(self) -> QuerySet[AccountVersion]:
        # Says no more, and lets PostgreSQL walk the units in the order of their paths.
        found: QuerySet[AccountVersion] = super().get_queryset()
        return found.filter(unit__organization=self.assessment.organization_id)

    def context_of(self, rows: Sequence[AccountVersion]) -> dict[str, Any]:
        return {"statuses": statuses_of(rows)}


class AccountDetail(PostureView):
    """An account with its path, and its verdicts with evidence and witnesses."""

    serializer_class = AccountDetailSerializer

    def get(self, _request: Request, account: str) -> Response:
        versions = AccountVersion.objects.at(self.assessment).select_related("unit")
        found = versions.filter(aws_id=account).first()
        if found is None:
            raise NotFound(f"No account {account} is in the organization.")
        verdicts = {one.guardrail: one for one in Verdict.objects.filter(posture=found.posture_id)}
        context = {
            **self.get_serializer_context(),
            "levels": account_path(self.assessment, found),
            "verdicts": [verdicts[id] for id in catalogue.GUARDRAIL_IDS if id in verdicts],
            "statuses": {found.posture_id: {id: one.status for id, one in verdicts.items()}},
        }
        return Response(AccountDetailSerializer(found, context=context).data)
