from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator

from accounts.models import AuditEntry

_ON_A_PAGE = 50


def audit_entries(chosen: dict[str, Any], page: str) -> Page[AuditEntry]:
    """The latest first. `chosen` as AuditFilterForm cleans it: kind, actor, subject, since, until.

    The days are of UTC, as all times on the pages.
    """
    entries = AuditEntry.objects.all()
    if kind := chosen.get("kind"):
        entries = entries.filter(kind=kind)
    if actor := chosen.get("actor"):
        entries = entries.filter(actor=actor.lower())
    if subject := chosen.get("subject"):
        entries = entries.filter(subject__icontains=subject)
    since: date | None = chosen.get("since")
    until: date | None = chosen.get("until")
    if since:
        entries = entries.filter(at__date__gte=since)
    if until:
        entries = entries.filter(at__date__lte=until)
    return Paginator(entries, _ON_A_PAGE).get_page(page)
