from typing import Any, ClassVar

from django.db.models import QuerySet
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound

from accounts.api.filters import MomentFilter, WordsFilter
from accounts.api.sparse import SparseSerializer
from accounts.api.views import ListView
from policies import catalogue
from policies.analysis.verdict import Status
from policies.api.filters import (
    AccountIdFilter,
    UnitIdFilter,
    guardrails_filter,
    view_of,
)
from policies.api.posture import ORGANIZATION, PostureView
from policies.events import EventKind
from policies.models import AccountVersion, UnitVersion, Verdict, VerdictChange
from policies.selectors.changes import below
from policies.selectors.placeholders import for_account


class SideSerializer(serializers.Serializer[Any]):
    """A verdict before or after."""

    status = serializers.ChoiceField(choices=[one.value for one in Status])
    reason = serializers.CharField()


class EventSerializer(serializers.Serializer[Any]):
    """What happened, with the names of that time; it has the members that its kind needs."""

    kind = serializers.ChoiceField(choices=[one.value for one in EventKind])
    policy = serializers.DictField(required=False)
    target = serializers.DictField(required=False)
    origin = serializers.DictField(required=False)
    accounts = serializers.ListField(child=serializers.DictField(), required=False)
    count = serializers.IntegerField(required=False)
    values = serializers.DictField(required=False, help_text="Before and after, by name.")


class ChangeSerializer(SparseSerializer):
    """A verdict that became another."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField(source="assessment.since", help_text="When it was found.")
    account_id = serializers.CharField(source="account.aws_id")
    account_name = serializers.CharField(source="account.name")
    unit_id = serializers.CharField(source="account.unit.aws_id")
    unit_path = serializers.CharField(source="account.unit.display_path")
    guardrail = serializers.ChoiceField(choices=catalogue.GUARDRAIL_IDS)
    direction = serializers.ChoiceField(choices=VerdictChange.Direction.values)
    before = serializers.SerializerMethodField(help_text="Null for an account that came.")
    after = serializers.SerializerMethodField(help_text="Null for an account that left.")
    cause_id = serializers.IntegerField(help_text="The same for what one cause changed.")
    events = serializers.SerializerMethodField(help_text="What did it.")

    @extend_schema_field(SideSerializer(allow_null=True))
    def get_before(self, change: VerdictChange) -> dict[str, str] | None:
        return _side(change, change.before)

    @extend_schema_field(SideSerializer(allow_null=True))
    def get_after(self, change: VerdictChange) -> dict[str, str] | None:
        return _side(change, change.after)

    @extend_schema_field(EventSerializer(many=True))
    def get_events(self, change: VerdictChange) -> Any:
        return change.cause.events


def _side(change: VerdictChange, verdict: Verdict | None) -> dict[str, str] | None:
    if verdict is None:
        return None
    reason = for_account(verdict.reason, change.account.aws_id)
    return {"status": verdict.status, "reason": reason}


class ChangeFilter(FilterSet):
    guardrail = guardrails_filter()
    direction = WordsFilter(VerdictChange.Direction.values, "Whether a guardrail was lost or won.")
    account = AccountIdFilter(method="of_account", help_text="Of this account only.")
    unit = UnitIdFilter(
        method="below", help_text="Of accounts that were below this root or OU, or left it."
    )
    since = MomentFilter(
        field_name="assessment__since", lookup_expr="gte", help_text="Found at or after this time."
    )
    until = MomentFilter(
        field_name="assessment__since", lookup_expr="lt", help_text="Found before this time."
    )

    def of_account(
        self, changes: QuerySet[VerdictChange], _name: str, id: str
    ) -> QuerySet[VerdictChange]:
        organization = view_of(self).assessment.organization
        if not AccountVersion.objects.filter(organization=organization, aws_id=id).exists():
            raise NotFound(f"No account {id} was ever in the organization.")
        return changes.filter(account__aws_id=id)

    def below(
        self, changes: QuerySet[VerdictChange], _name: str, id: str
    ) -> QuerySet[VerdictChange]:
        organization = view_of(self).assessment.organization
        if not UnitVersion.objects.filter(organization=organization, aws_id=id).exists():
            raise NotFound(f"No unit {id} was ever in the organization.")
        return changes.filter(below(id))


class ChangeList(PostureView, ListView):
    """Every verdict of an organization that became another, and what did it; newest first."""

    queryset = VerdictChange.objects.select_related(
        "assessment", "cause", "account__unit", "before", "after"
    )
    serializer_class = ChangeSerializer
    filterset_class = ChangeFilter
    parameters: ClassVar = (ORGANIZATION,)
    orderings: ClassVar = {"at": ("assessment_id", "pk")}
    default_ordering = "-at"

    def get_queryset(self) -> QuerySet[VerdictChange]:
        organization = self.assessment.organization
        return super().get_queryset().filter(assessment__organization=organization)
