"""The matrix's filters as an address says them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms

from accounts.snapshot import AccountState
from policies.analysis.verdict import Status
from policies.models import Assessment, UnitVersion
from policies.selectors.headings import STATUS_LABELS, headings
from policies.selectors.matrix import LACKING, SORTS, MatrixFilter

_LACKING: Final = "lacking"
UNKNOWN: Final = "“%(value)s” is not one of the choices; pick one from the list."


if TYPE_CHECKING:
    _UnitChoiceField = forms.ModelChoiceField[UnitVersion]
else:
    _UnitChoiceField = forms.ModelChoiceField


class UnitField(_UnitChoiceField):
    """An OU of the organization, named by its whole path."""

    def label_from_instance(self, obj: UnitVersion) -> str:
        return obj.display_path


class MatrixFilterForm(forms.Form):
    """Every field may be left out or empty, and then narrows nothing."""

    q = forms.CharField(
        label="Search",
        required=False,
        max_length=320,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": "Account id, name or e-mail"}
        ),
    )
    guardrail = forms.ChoiceField(
        label="Guardrail",
        required=False,
        choices=lambda: [("", "All guardrails"), *((one.id, one.short) for one in headings())],
        error_messages={"invalid_choice": UNKNOWN},
    )
    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[
            ("", "Any status"),
            (_LACKING, "Lacking"),
            *((status.value, label) for status, label in STATUS_LABELS.items()),
        ],
        error_messages={"invalid_choice": UNKNOWN},
    )
    state = forms.ChoiceField(
        label="Account state",
        required=False,
        choices=[
            ("", "Any state"),
            *((state.value, state.capitalize().replace("_", " ")) for state in AccountState),
        ],
        error_messages={"invalid_choice": UNKNOWN},
    )
    sort = forms.ChoiceField(
        label="Order",
        required=False,
        choices=[(sort, sort) for sort in SORTS],
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": UNKNOWN},
    )

    def __init__(self, assessment: Assessment, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = UnitField(
            label="Organizational unit",
            queryset=UnitVersion.objects.at(assessment).order_by("display_path"),
            required=False,
            to_field_name="aws_id",
            empty_label="Any OU",
            error_messages={"invalid_choice": UNKNOWN},
        )

    def chosen(self) -> MatrixFilter:
        """To be asked of a valid form."""
        data = self.cleaned_data
        return MatrixFilter(
            guardrail=data["guardrail"],
            statuses=_statuses(data["status"]),
            unit=data["unit"],
            state=data["state"],
            text=data["q"],
            sort=data["sort"] or "path",
        )


def _statuses(value: str) -> tuple[Status, ...]:
    if value == _LACKING:
        return LACKING
    return (Status(value),) if value else ()
