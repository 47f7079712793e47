"""What changed, when, and by what."""

from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from policies.models import Assessment, Cause
from policies.selectors.changed_accounts import changed_accounts
from policies.selectors.changes import ChangeFilter, Direction, changes
from policies.selectors.exposure import exposure_totals
from policies.selectors.headings import headings
from policies.views.filters import said
from policies.views.standing import assessment_required, standing_of
from policies.views.unit_field import ChoiceOrAny, UnitField, guardrail_field

# Of the time exposed that stands above the feed, unless the filter names a beginning.
_PERIOD = timedelta(days=30)


class ChangeFilterForm(forms.Form):
    """Every field may be left out or empty, and then narrows nothing."""

    field_order = ("guardrail", "direction", "unit")

    guardrail = guardrail_field()
    direction = ChoiceOrAny(
        [
            ("", "Any direction"),
            (Direction.REGRESSION.value, "Regressions"),
            (Direction.IMPROVEMENT.value, "Improvements"),
            (Direction.OTHER.value, "Neither"),
        ],
        label="Direction",
    )
    account = forms.CharField(
        label="Account id",
        required=False,
        max_length=14,
        widget=forms.TextInput(attrs={"type": "search", "inputmode": "numeric"}),
    )
    policy = forms.CharField(
        label="SCP id",
        required=False,
        max_length=130,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "p-…"}),
    )
    start = forms.DateField(
        label="From", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    end = forms.DateField(
        label="To", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    quiet = forms.BooleanField(label="Also what changed no verdict", required=False)

    def __init__(self, assessment: Assessment, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.fields["unit"] = UnitField(assessment, self.data.get("unit", ""))
        self.order_fields(self.field_order)

    def chosen(self, until: datetime | None) -> ChangeFilter:
        """To be asked of a valid form; `until` is the moment of the page, None for now."""
        data = self.cleaned_data
        end = _morning(data["end"] + timedelta(days=1)) if data["end"] else None
        if until is not None:
            # The moment itself belongs to what was.
            until += timedelta(microseconds=1)
            end = min(end or until, until)
        return ChangeFilter(
            start=_morning(data["start"]) if data["start"] else None,
            end=end,
            unit=data["unit"].aws_id if data["unit"] else "",
            account=data["account"].replace("-", ""),
            guardrail=data["guardrail"],
            policy=data["policy"],
            direction=data["direction"],
            quiet=data["quiet"],
        )


def _morning(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)


@require_safe
@assessment_required
def change_page(request: HttpRequest, assessment: Assessment, pk: int) -> HttpResponse:
    """One cause, and every account of which it changed a guardrail's verdict."""
    causes = Cause.objects.select_related("assessment").filter(
        assessment__organization=assessment.organization
    )
    cause = get_object_or_404(causes, pk=pk)
    asked = {name: request.GET.get(name, "") for name in ("guardrail", "unit", "page")}
    context = {"changed": changed_accounts(cause, **asked), "query": request.GET}
    return render(request, "policies/change.html", context)


@require_safe
@assessment_required
def changes_page(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """The feed. The address holds the filter: it can be sent to a colleague."""
    form = ChangeFilterForm(assessment, request.GET)
    context: dict[str, Any] = {"form": form}
    if not form.is_valid():
        return render(request, "policies/changes.html", context, status=HTTPStatus.BAD_REQUEST)
    chosen = form.chosen(standing_of(request).as_of)
    organization = assessment.organization
    end = chosen.end or timezone.now()
    start = chosen.start or end - _PERIOD
    totals = exposure_totals(organization, start, end, chosen.unit)
    context |= {
        "chosen": chosen,
        "changes": changes(organization, chosen, request.GET.get("page", "1")),
        "exposed": [(one, totals.get(one.id, timedelta())) for one in headings()],
        "period": (start, end),
        "query": said(request.GET),
    }
    return render(request, "policies/changes.html", context)
