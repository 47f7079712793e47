"""Environment variables, read as what they stand for."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


class Variables:
    """Environment variables by name, with errors that name them and never show a secret."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = variables

    def text(self, name: str) -> str:
        return self.variables.get(name, "").strip()

    def secret(self, name: str) -> str:
        """The value of `name`, or the content of the file that `name`_FILE names."""
        path = self.text(f"{name}_FILE")
        if not path:
            return self.text(name)
        if self.text(name):
            raise ImproperlyConfigured(f"{name} and {name}_FILE are both set: keep one of them.")
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
            raise ImproperlyConfigured(f"{name}_FILE: cannot read {path}: {why}.") from None

    def truth(self, name: str, *, default: bool) -> bool:
        text = self.text(name).lower()
        if text in {"true", "yes", "on", "1"}:
            return True
        if text in {"false", "no", "off", "0"}:
            return False
        if text:
            raise ImproperlyConfigured(f"{name} is `{text}`: write true or false.")
        return default

    def words(self, name: str) -> list[str]:
        return [word.strip() for word in self.text(name).split(",") if word.strip()]

    def days(self, name: str) -> int:
        """400 unless set."""
        text = self.text(name) or "400"
        if not text.isdecimal() or not 1 <= int(text) <= 36_500:
            raise ImproperlyConfigured(
                f"{name} is `{text}`: write whole days from 1 to 36500 (a hundred years)."
            )
        return int(text)

    def url(self, name: str, schemes: tuple[str, ...]) -> str:
        url = self.secret(name)
        try:
            scheme, port_is_a_number = urlsplit(url).scheme, urlsplit(url).port is not False
        except ValueError:
            scheme, port_is_a_number = "", False
        if url and not (scheme in schemes and port_is_a_number):
            *others, last = (f"{scheme}://" for scheme in schemes)
            raise ImproperlyConfigured(
                f"{name} is no URL that the portal knows: it starts with "
                f"{', '.join(others)} or {last}, as .env.example shows."
            )
        return url
