from typing import ClassVar

from django.db.models import QuerySet
from django_filters.rest_framework import FilterSet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.sparse import SparseSerializer
from policies.api.filters import UnitIdFilter, view_of
from policies.api.posture import PostureListView, PostureView
from policies.models import UnitVersion


class UnitSerializer(SparseSerializer):
    """The root or an organizational unit."""

    id = serializers.CharField(source="aws_id")
    name = serializers.CharField()
    parent_id = serializers.SerializerMethodField(help_text="Null for the root.")
    path = serializers.SerializerMethodField(help_text="Ids from the root down to it.")
    display_path = serializers.CharField(help_text="Names from below the root down to it.")

    def get_parent_id(self, unit: UnitVersion) -> str | None:
        return unit.parent_aws_id or None

    def get_path(self, unit: UnitVersion) -> list[str]:
        return unit.path.rstrip("/").split("/")


class UnitFilter(FilterSet):
    below = UnitIdFilter(method="in_subtree", help_text="This root or OU, and all below it.")
    parent = UnitIdFilter(method="children", help_text="Directly below this root or OU.")

    def in_subtree(
        self, units: QuerySet[UnitVersion], _name: str, id: str
    ) -> QuerySet[UnitVersion]:
        return units.filter(path__startswith=view_of(self).unit(id).path)

    def children(self, units: QuerySet[UnitVersion], _name: str, id: str) -> QuerySet[UnitVersion]:
        return units.filter(parent_aws_id=view_of(self).unit(id).aws_id)


class UnitList(PostureListView):
    """The tree of an organization, in the order in which it is drawn: each after its parent."""

    queryset = UnitVersion.objects.all()
    serializer_class = UnitSerializer
    filterset_class = UnitFilter
    orderings: ClassVar = {"path": ("path",), "id": ("aws_id",), "name": ("name", "aws_id")}


class UnitDetail(PostureView):
    serializer_class = UnitSerializer

    def get(self, _request: Request, unit: str) -> Response:
        """The root or an organizational unit."""
        return Response(self.get_serializer(self.unit(unit)).data)
