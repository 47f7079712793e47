"""What callers send: nothing in it is silently ignored, as in the query."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as ModelError
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses a member that it does not know; a mistyped one would be left at its default."""

    def to_internal_value(self, data: Any) -> Any:
        known = ", ".join(self.fields)
        unknown = [one for one in data if one not in self.fields] if isinstance(data, dict) else []
        if unknown:
            raise ValidationError(
                {name: f"“{name}” is no member here; known are {known}." for name in unknown}
            )
        return super().to_internal_value(data)

    @classmethod
    def given(cls, request: Request, *, partial: bool = False) -> dict[str, Any]:
        """What was sent, by member; raises `ValidationError`."""
        body = cls(data=request.data, partial=partial)
        body.is_valid(raise_exception=True)
        given: dict[str, Any] = body.validated_data
        return given


class TextField(serializers.CharField):
    """Text and nothing that would have to be made text first."""

    default_error_messages = {"invalid": "Write text between quotation marks."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class NumberField(serializers.IntegerField):
    """A whole number and no text that holds one."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool | str):
            self.fail("invalid")
        return super().to_internal_value(data)


class TruthField(serializers.BooleanField):
    """true or false, and none of the words that forms take for them."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


@contextmanager
def said_of_members() -> Iterator[None]:
    """What a model has against its fields becomes what the API says of the body's members."""
    try:
        yield
    except ModelError as error:
        found = {name: list(texts) for name, texts in error.message_dict.items()}
        everything = found.pop(NON_FIELD_ERRORS, [])
        if everything:
            found["non_field_errors"] = everything
        raise ValidationError(found) from None
