import json
from dataclasses import dataclass
from typing import Any

from django import template

from accounts.models import AuditEntry

register = template.Library()


@dataclass(frozen=True, slots=True)
class Change:
    """One field; None where it was not there before, or is not any more."""

    name: str
    before: str | None
    after: str | None


@register.filter
def changes(entry: AuditEntry) -> list[Change]:
    before, after = entry.before or {}, entry.after or {}
    return [
        Change(name.replace("_", " "), _said(before, name), _said(after, name))
        for name in dict.fromkeys([*before, *after])
    ]


def _said(fields: dict[str, Any], name: str) -> str | None:
    if name not in fields:
        return None
    match fields[name]:
        case bool(value):
            return "yes" if value else "no"
        case None | "":
            return "none"
        case str(text):
            return text
        case list(several) if all(isinstance(one, str) for one in several):
            return ", ".join(several) or "none"
        case other:
            return json.dumps(other, ensure_ascii=False)
