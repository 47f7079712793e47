from dataclasses import dataclass

from django import template

from accounts.models import AuditEntry
from policies.selectors.sentences import said

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
        Change(
            name.replace("_", " "),
            *(said(fields[name]) if name in fields else None for fields in (before, after)),
        )
        for name in dict.fromkeys([*before, *after])
    ]
