"""The matrix's filters as an address says them."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from accounts.snapshot import AccountState
from policies.analysis.verdict import Status
from policies.models import Assessment
from policies.selectors.headings import STATUS_LABELS, headings
from policies.selectors.matrix import LACKING, SORTS
from policies.selectors.matrix_filter import MatrixFilter
from policies.views.unit_field import UNKNOWN, PlainSelect, UnitField

_LACKING: Final = "lacking"


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
        widget=PlainSelect,
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
        widget=PlainSelect,
        error_messages={"invalid_choice": UNKNOWN},
    )
    state = forms.ChoiceField(
        label="Account state",
        required=False,
        choices=[
            ("", "Any state"),
            *((state.value, state.capitalize().replace("_", " ")) for state in AccountState),
        ],
        widget=PlainSelect,
        error_messages={"invalid_choice": UNKNOWN},
    )
    lacks = forms.ChoiceField(
        label="Lacks",
        required=False,
        choices=lambda: [
            ("", "Any number"),
            *((str(n), f"{n} guardrail{'s' * (n != 1)}") for n in range(len(headings()) + 1)),
        ],
        widget=PlainSelect,
        error_messages={"invalid_choice": UNKNOWN},
    )
    reason = forms.RegexField(
        r"^[0-9]+-[0-9a-f]{10}$",
        label="Reason",
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid": "This is no reason; choose one on the guardrail's page."},
    )
    group = forms.ChoiceField(
        label="Rows",
        required=False,
        choices=[("", "Flat"), ("unit", "By OU")],
        widget=forms.HiddenInput,
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
        unit = UnitField(assessment, self.data.get("unit", ""))
        self.fields["unit"] = unit
        self.unit_names = unit.names

    def chosen(self) -> MatrixFilter:
        """To be asked of a valid form."""
        data = self.cleaned_data
        return MatrixFilter(
            guardrail=data["guardrail"],
            statuses=_statuses(data["status"]),
            below=data["unit"].path if data["unit"] else "",
            state=data["state"],
            text=data["q"],
            lacks=int(data["lacks"]) if data["lacks"] else None,
            reason=_reason(data["reason"], data["guardrail"]),
            sort=_order(data["sort"] or "path", grouped=bool(data["group"])),
        )


def _statuses(value: str) -> tuple[Status, ...]:
    if value == _LACKING:
        return LACKING
    return (Status(value),) if value else ()


def _reason(key: str, guardrail: str) -> str:
    """A reason is one of the guardrail's: with another chosen, it narrows nothing."""
    numbers = [str(one.number) for one in headings() if guardrail in ("", one.id)]
    return key if key.partition("-")[0] in numbers else ""


def _order(sort: str, *, grouped: bool) -> str:
    """Rows of one OU stand together where they are grouped, whatever else is asked."""
    return sort if not grouped or sort in ("path", "-path") else "path"
