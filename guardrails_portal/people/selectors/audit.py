from django import forms
from django.db.models import QuerySet
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet

from accounts.models import AuditEntry


class AuditFilters(FilterSet):
    """Entries, the latest first. The days are of UTC, as all times on the pages."""

    kind = ChoiceFilter(label="What", choices=AuditEntry.Kind.choices, empty_label="Everything")
    actor = CharFilter(label="Who", method="by_actor", max_length=150)
    subject = CharFilter(label="Concerning", lookup_expr="icontains", max_length=300)
    since = DateFilter(
        label="From",
        field_name="at",
        lookup_expr="date__gte",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    until = DateFilter(
        label="To",
        field_name="at",
        lookup_expr="date__lte",
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def by_actor(
        self, entries: QuerySet[AuditEntry], _name: str, username: str
    ) -> QuerySet[AuditEntry]:
        return entries.filter(actor=username.lower())
