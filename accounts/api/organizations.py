from rest_framework import serializers

from accounts.api.sparse import SparseSerializer
from accounts.api.views import DetailView, ListView
from accounts.models import Organization


class OrganizationSerializer(SparseSerializer, serializers.ModelSerializer[Organization]):
    """An AWS organization, as its last complete crawl found it."""

    id = serializers.CharField(source="aws_id", help_text="As AWS gives it: `o-…`.")
    taken_at = serializers.DateTimeField(help_text="When AWS was read.")

    class Meta:
        model = Organization
        fields = [
            "id",
            "partition",
            "management_account_id",
            "feature_set",
            "scp_status",
            "taken_at",
        ]


class OrganizationList(ListView):
    """Every organization that was ever crawled to the end."""

    queryset = Organization.objects.all()
    serializer_class = OrganizationSerializer
    orderings = {"id": ("aws_id",), "taken_at": ("taken_at", "pk")}


class OrganizationDetail(DetailView):
    """An organization as it was crawled last."""

    queryset = Organization.objects.all()
    serializer_class = OrganizationSerializer
    lookup_field = "aws_id"
    lookup_url_kwarg = "organization"
