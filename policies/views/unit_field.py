"""Fields that choose from long lists, such as one of an organization's OUs."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from policies.models import Assessment, UnitVersion
from policies.selectors.headings import headings
from policies.selectors.shortened import PATH, in_order, shortened
from policies.selectors.units import UnitRow, unit_rows

UNKNOWN: Final = "“%(value)s” is not one of the choices; pick one from the list."
# Units to choose from. Deeper ones are reached by the tree, and by their own pages.
_LISTED: Final = 200
# Of those right in the root, which are listed however many: what a page has room for.
_MOST: Final = 400
_SELECTED: Final = mark_safe(" selected")
_DISABLED: Final = mark_safe(" disabled")


class PlainSelect(forms.Select):
    """A list without groups, written at once: Django renders three templates for each option.

    What has no value, None, is said and can't be chosen.
    """

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: Any = None,  # noqa: ARG002 - of the widget it stands for
    ) -> SafeString:
        chosen = self.format_value(value)
        return format_html(
            '<select name="{}"{}>{}</select>',
            name,
            flatatt(self.build_attrs(self.attrs, attrs)),
            format_html_join(
                "",
                '<option value="{}"{}>{}</option>',
                (
                    ("", _DISABLED, label)
                    if option is None
                    else (option, _SELECTED if str(option) in chosen else "", label)
                    for option, label in self.choices
                ),
            ),
        )


class ChoiceOrAny(forms.ChoiceField):
    """One of a list, or none: then it narrows nothing."""

    widget = PlainSelect
    default_error_messages = {"invalid_choice": UNKNOWN}

    def __init__(self, choices: Any, **more: Any) -> None:
        super().__init__(required=False, choices=choices, **more)


def guardrail_field() -> ChoiceOrAny:
    return ChoiceOrAny(
        lambda: [("", "All guardrails"), *((one.id, one.short) for one in headings())],
        label="Guardrail",
    )


class UnitField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic at run time
    """An OU of the organization, named by its whole path; empty for any."""

    def __init__(self, assessment: Assessment, chosen: str) -> None:
        super().__init__(
            label="Organizational unit",
            queryset=UnitVersion.objects.at(assessment),
            required=False,
            to_field_name="aws_id",
            error_messages={"invalid_choice": UNKNOWN},
            widget=PlainSelect,
        )
        units = listed([*unit_rows(assessment).values()], chosen, "search for one above")
        self.widget.choices = [("", "Any OU"), *units]


def listed(units: Sequence[UnitRow], chosen: str, otherwise: str) -> list[tuple[str | None, str]]:
    """Of units those to choose from in a list.

    As deep as one can still scroll, and the one chosen, however deep. Where there is no room
    for all of these the list ends by saying how to come to the others.
    """
    deep = Counter(len(unit.ids) for unit in units)
    depth, number = 2, deep[1] + deep[2]
    while deep[depth + 1] and number + deep[depth + 1] <= _LISTED:
        depth += 1
        number += deep[depth]
    found = [unit for unit in units if len(unit.ids) <= depth or unit.id == chosen]
    left_out = found[_MOST:]
    shown = found[:_MOST]
    for unit in left_out:
        if unit.id == chosen:
            shown[-1] = unit
    return [
        *((unit.id, in_order(shortened(unit.display_path, PATH))) for unit in shown),
        *([(None, f"{len(left_out):,} more: {otherwise}")] if left_out else []),
    ]
