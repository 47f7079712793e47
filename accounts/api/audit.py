from typing import ClassVar

from django.db.models import QuerySet
from django_filters.rest_framework import FilterSet
from rest_framework import serializers

from accounts.api.filters import MomentFilter, TextFilter, WordsFilter
from accounts.api.sparse import SparseSerializer
from accounts.api.views import DetailView, ListView
from accounts.models import AuditEntry


class AuditEntrySerializer(SparseSerializer, serializers.ModelSerializer[AuditEntry]):
    """One thing that somebody did. Entries are never changed, and none is deleted."""

    actor = serializers.CharField(help_text="User name, as it was then; empty for the portal.")
    token = serializers.CharField(help_text="The API token that spoke for the actor, or empty.")
    address = serializers.CharField(allow_null=True, help_text="Network address of the caller.")
    kind = serializers.ChoiceField(choices=AuditEntry.Kind.values, help_text="What it was done to.")
    before = serializers.DictField(
        allow_null=True, help_text="What differed, by field; null where nothing was there."
    )
    after = serializers.DictField(allow_null=True, help_text="The same, afterwards.")

    class Meta:
        model = AuditEntry
        fields: ClassVar = [
            *("id", "at", "actor", "token", "address"),
            *("kind", "action", "subject", "before", "after"),
        ]


class AuditFilter(FilterSet):
    kind = WordsFilter(AuditEntry.Kind.values, "What it was done to.")
    actor = TextFilter(method="by_actor", help_text="Done by this user.")
    subject = TextFilter(
        field_name="subject", lookup_expr="icontains", help_text="Part of the subject's name."
    )
    since = MomentFilter(field_name="at", lookup_expr="gte", help_text="At or after this time.")
    until = MomentFilter(field_name="at", lookup_expr="lt", help_text="Before this time.")

    def by_actor(
        self, entries: QuerySet[AuditEntry], _name: str, username: str
    ) -> QuerySet[AuditEntry]:
        return entries.filter(actor=username.lower())


class AuditList(ListView):
    """Who did what, newest first; for administrators."""

    queryset = AuditEntry.objects.all()
    serializer_class = AuditEntrySerializer
    filterset_class = AuditFilter
    permission_required = "accounts.view_auditentry"
    orderings: ClassVar = {"id": ("pk",)}
    default_ordering = "-id"


class AuditDetail(DetailView):
    """An entry of the audit log; for administrators."""

    queryset = AuditEntry.objects.all()
    serializer_class = AuditEntrySerializer
    permission_required = "accounts.view_auditentry"
