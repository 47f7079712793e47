"""Filters by text, by a moment and by words, which say in the schema what they take."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django_filters import BaseInFilter, CharFilter, ChoiceFilter, Filter, TypedChoiceFilter
from django_filters.fields import ChoiceField
from drf_spectacular.drainage import set_override

from accounts.api.query import moment


class TextFilter(CharFilter):
    """Text that the schema describes more closely."""

    schema: ClassVar[dict[str, str]] = {"type": "string"}

    def __init__(self, help_text: str, **more: Any) -> None:
        super().__init__(help_text=help_text, **more)
        set_override(self, "field", {**self.schema, "description": help_text})


class MomentField(forms.CharField):
    def clean(self, value: str) -> datetime | None:
        text: str = super().clean(value)
        try:
            return moment(text) if text else None
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


class MomentFilter(TextFilter):
    field_class = MomentField
    schema: ClassVar = {"type": "string", "format": "date-time"}


class IdFilter(Filter):
    """A row's number."""

    field_class = forms.IntegerField

    def __init__(self, help_text: str, **more: Any) -> None:
        super().__init__(help_text=help_text, min_value=1, **more)
        schema = {"type": "integer", "minimum": 1, "description": help_text}
        set_override(self, "field", schema)


class FlagFilter(TypedChoiceFilter):
    """true or false."""

    def __init__(self, help_text: str, **more: Any) -> None:
        choices = [(word, word) for word in ("true", "false")]
        super().__init__(choices=choices, coerce=_is_true, help_text=help_text, **more)
        set_override(self, "field", {"type": "boolean", "description": help_text})


def _is_true(word: str) -> bool:
    return word == "true"


class WordField(ChoiceField):
    """One of several words; an empty one is a mistake, since `in ()` would find nothing."""

    def clean(self, value: str) -> str:
        if value == "":
            raise forms.ValidationError("Write words separated by commas, none of them empty.")
        found: str = super().clean(value)
        return found


class WordsFilter(BaseInFilter, ChoiceFilter):
    """Words separated by commas: any of them fits."""

    field_class = WordField

    def __init__(self, words: Sequence[str], help_text: str, **more: Any) -> None:
        choices = [(word, word) for word in words]
        super().__init__(choices=choices, help_text=help_text, empty_label=None, **more)
