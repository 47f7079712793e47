"""The query of a request: nothing in it is silently ignored.

A mistyped filter that was ignored would answer for the whole organization, and one whose
variable was empty too; a pipeline would take either for an all-clear.
"""

from collections.abc import Collection
from datetime import UTC, datetime

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request


def check_query(request: Request, known: Collection[str]) -> None:
    """Raise `ValidationError` unless each parameter is known, given once and not empty."""
    wrong: dict[str, str] = {}
    for name, values in request.query_params.lists():
        if name not in known:
            wrong[name] = f"“{name}” is no parameter here; known are {', '.join(sorted(known))}."
        elif len(values) > 1:
            wrong[name] = f"“{name}” is given {len(values)} times; give it once."
        elif not values[0]:
            wrong[name] = f"“{name}” is empty; leave it out, or give it a value."
    if wrong:
        raise ValidationError(wrong)


def words(request: Request, name: str, known: Collection[str]) -> list[str] | None:
    """The comma-separated words of a parameter, each one known; None where it is not given."""
    if name not in request.query_params:
        return None
    found = request.query_params[name].split(",")
    for word in found:
        if word not in known:
            raise ValidationError(
                {name: f"“{word}” is not one of the choices: {', '.join(known)}."}
            )
    return found


def whole_number(request: Request, name: str, default: int, most: int) -> int:
    """A parameter from 1 to `most`; raises `ValidationError`."""
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= most):
        raise ValidationError({name: f"Write a whole number from 1 to {most}."})
    return int(text)


def moment(text: str) -> datetime:
    """The time that a parameter names; raises ValueError, one sentence."""
    # In a query `+` is a space.
    try:
        found = parse_datetime(text.replace(" ", "+"))
        if found is not None and timezone.is_aware(found):
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        # No such day, or one outside the years 1 to 9999.
        pass
    raise ValueError(
        f"“{text}” is no ISO 8601 time with a time zone, such as 2026-11-23T10:00:00Z."
    )
