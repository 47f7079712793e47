"""Filters as an address says them, and the matrix's."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.http import QueryDict

from accounts.snapshot import AccountState
from policies.models import Assessment
from policies.selectors.headings import LACKING_WORD, STATUS_LABELS, headings, statuses
from policies.selectors.matrix import SORTS
from policies.selectors.matrix_filter import MatrixFilter
from policies.selectors.units import unit_rows
from policies.views.unit_field import ChoiceOrAny, UnitField, guardrail_field


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
    guardrail = guardrail_field()
    status = ChoiceOrAny(
        [
            ("", "Any status"),
            (LACKING_WORD, "Lacking"),
            *((status.value, label) for status, label in STATUS_LABELS.items()),
        ],
        label="Status",
    )
    state = ChoiceOrAny(
        [
            ("", "Any state"),
            *((state.value, state.capitalize().replace("_", " ")) for state in AccountState),
        ],
        label="Account state",
    )
    lacks = ChoiceOrAny(
        lambda: [
            ("", "Any number"),
            *((str(n), f"{n} guardrail{'s' * (n != 1)}") for n in range(len(headings()) + 1)),
        ],
        label="Lacks",
    )
    reason = forms.RegexField(
        r"^[0-9]+-[0-9a-f]{10}$",
        label="Reason",
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid": "This is no reason; choose one on the guardrail's page."},
    )
    group = ChoiceOrAny([("", "Flat"), ("unit", "By OU")], label="Rows", widget=forms.HiddenInput)
    sort = ChoiceOrAny([(sort, sort) for sort in SORTS], label="Order", widget=forms.HiddenInput)

    def __init__(self, assessment: Assessment, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._assessment = assessment
        self.fields["unit"] = UnitField(assessment, self.data.get("unit", ""))

    @cached_property
    def unit_names(self) -> Mapping[str, str]:
        """Of all units by id."""
        return {unit.id: unit.name for unit in unit_rows(self._assessment).values()}

    def chosen(self) -> MatrixFilter:
        """To be asked of a valid form."""
        data = self.cleaned_data
        return MatrixFilter(
            guardrail=data["guardrail"],
            statuses=statuses([data["status"]] if data["status"] else []),
            below=data["unit"].path if data["unit"] else "",
            state=data["state"],
            text=data["q"],
            lacks=int(data["lacks"]) if data["lacks"] else None,
            reason=_reason(data["reason"], data["guardrail"]),
            sort=_order(data["sort"] or "path", grouped=bool(data["group"])),
        )


def said(query: QueryDict) -> QueryDict:
    """The query without its empty parts: forms send every field."""
    found = query.copy()
    for name in [name for name, value in found.items() if not value]:
        del found[name]
    return found


def _reason(key: str, guardrail: str) -> str:
    """A reason is one of the guardrail's: with another chosen, it narrows nothing."""
    numbers = [str(one.number) for one in headings() if guardrail in ("", one.id)]
    return key if key.partition("-")[0] in numbers else ""


def _order(sort: str, *, grouped: bool) -> str:
    """Rows of one OU stand together where they are grouped, whatever else is asked."""
    return sort if not grouped or sort in ("path", "-path") else "path"
