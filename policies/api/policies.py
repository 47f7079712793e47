from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.sparse import SparseSerializer
from accounts.api.views import ListView
from policies.api.posture import ORGANIZATION, PostureListView, PostureView
from policies.models import PolicyVersion
from policies.selectors.attachments import Target, targets_of


class TargetSerializer(serializers.Serializer[Any]):
    """What a policy is attached to."""

    id = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=["Root", "OU", "Account"])


class PolicySerializer(SparseSerializer):
    """A service control policy and where it is attached."""

    id = serializers.CharField(source="aws_id")
    name = serializers.CharField()
    aws_managed = serializers.BooleanField()
    content = serializers.CharField(
        allow_null=True,
        help_text="Exactly as AWS stores it; null if it is attached nowhere, and so was not read.",
    )
    targets = serializers.SerializerMethodField()

    @extend_schema_field(TargetSerializer(many=True))
    def get_targets(self, policy: PolicyVersion) -> Any:
        targets: dict[str, list[Target]] = self.context["targets"]
        # Not by the serializer: FullAWSAccess has a target for each account.
        return [
            {"id": one.id, "name": one.name, "kind": one.kind}
            for one in targets.get(policy.aws_id, [])
        ]


class PolicyList(PostureListView):
    """The service control policies of an organization."""

    queryset = PolicyVersion.objects.all()
    serializer_class = PolicySerializer
    orderings: ClassVar = {"id": ("aws_id",), "name": ("name", "aws_id")}

    def context_of(self, rows: Sequence[PolicyVersion]) -> dict[str, Any]:
        # FullAWSAccess has a target for each account: they are read for whoever wants them.
        wanted = PolicySerializer(context=self.get_serializer_context()).fields
        ids = [row.aws_id for row in rows] if "targets" in wanted else []
        return {"targets": targets_of(self.assessment, ids)}


class PolicyDetail(PostureView):
    serializer_class = PolicySerializer

    def get(self, _request: Request, policy: str) -> Response:
        """A service control policy and where it is attached."""
        found = PolicyVersion.objects.at(self.assessment).filter(aws_id=policy).first()
        if found is None:
            raise NotFound(f"No policy {policy} is in the organization.")
        context = {
            **self.get_serializer_context(),
            "targets": targets_of(self.assessment, [policy]),
        }
        return Response(PolicySerializer(found, context=context).data)


class PolicyVersionSerializer(SparseSerializer):
    """One name and text of a policy; `until` is null for the one of now."""

    always = ("since",)

    since = serializers.DateTimeField(source="since.since")
    until = serializers.DateTimeField(source="until.since", default=None, allow_null=True)
    name = serializers.CharField()
    content = serializers.CharField(allow_null=True)


class PolicyVersionList(PostureView, ListView):
    """What a policy was, the newest first."""

    queryset = PolicyVersion.objects.select_related("since", "until")
    serializer_class = PolicyVersionSerializer
    orderings: ClassVar = {"since": ("since_id",)}
    default_ordering = "-since"
    parameters = (ORGANIZATION,)

    def get_queryset(self) -> QuerySet[PolicyVersion]:
        versions = PolicyVersion.objects.filter(
            organization=self.assessment.organization, aws_id=self.kwargs["policy"]
        )
        if not versions.exists():
            raise NotFound(f"No policy {self.kwargs['policy']} was ever in the organization.")
        return versions.select_related("since", "until")
