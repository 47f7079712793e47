"""Reading typed fields out of untrusted JSON, with errors that name the place."""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Iterator
from typing import Any, Final, TypeVar

Choice = TypeVar("Choice", bound=enum.StrEnum)
# Half a character, and NUL: JSON can say them, a database cannot hold them.
_UNFIT: Final = re.compile("[\0\ud800-\udfff]")
_ACCOUNT_ID: Final = re.compile(r"\d{12}", re.ASCII)


class SnapshotError(ValueError):
    """Why something is no snapshot, in one sentence that names the place."""


class Fields:
    """One JSON object and where it stands, such as `accounts[3]`."""

    def __init__(self, place: str, value: object) -> None:
        if not isinstance(value, dict):
            raise SnapshotError(f"{place or 'the snapshot'}: must be an object")
        self._place = place
        self._values: dict[str, Any] = value

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def error(self, name: str, problem: str) -> SnapshotError:
        return SnapshotError(f"{self.place(name)}: {problem}")

    def place(self, name: str) -> str:
        return f"{self._place}.{name}" if self._place else name

    def value(self, name: str) -> Any:
        if name not in self._values:
            raise self.error(name, "is missing")
        return self._values[name]

    def expect(self, name: str, expected: object) -> None:
        found = self.value(name)
        if type(found) is not type(expected) or found != expected:
            raise self.error(name, f"must be {json.dumps(expected)}, not {_shown(found)}")

    def object(self, name: str) -> Fields:
        return Fields(self.place(name), self.value(name))

    def text(self, name: str) -> str:
        found = self.value(name)
        if not isinstance(found, str):
            raise self.error(name, f"must be a text, not {_shown(found)}")
        if _UNFIT.search(found):
            raise self.error(name, "holds a character that no name or policy in AWS can hold")
        return found

    def text_or_none(self, name: str) -> str | None:
        return None if self.value(name) is None else self.text(name)

    def policy_text(self, name: str) -> str | None:
        """A policy's text; an object is accepted as the policy that it is."""
        found = self.value(name)
        return json.dumps(found) if isinstance(found, dict) else self.text_or_none(name)

    def account_id(self, name: str) -> str:
        found = self.text(name)
        if not _ACCOUNT_ID.fullmatch(found):
            raise self.error(name, f"{_shown(found)} is not an account id of 12 digits")
        return found

    def boolean(self, name: str) -> bool:
        found = self.value(name)
        if not isinstance(found, bool):
            raise self.error(name, f"must be true or false, not {_shown(found)}")
        return found

    def choice(self, name: str, choices: type[Choice]) -> Choice:
        found = self.text(name)
        try:
            return choices(found)
        except ValueError:
            known = ", ".join(choices)
            raise self.error(name, f"{_shown(found)} is not one of {known}") from None


def objects(fields: Fields, name: str) -> Iterator[Fields]:
    """Each object of the list `name`."""
    found = fields.value(name)
    if not isinstance(found, list):
        raise fields.error(name, "must be a list")
    for index, value in enumerate(found):
        yield Fields(f"{fields.place(name)}[{index}]", value)


def _shown(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."
