"""A status as symbol and word, never as colour alone."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from policies.analysis.verdict import Status
from policies.selectors.headings import STATUS_LABELS
from policies.selectors.matrix import Cell

register = template.Library()


@register.simple_tag
def status_mark(status: Status) -> SafeString:
    return _mark(status)


# A page has hundreds, and there are five.
@lru_cache(maxsize=len(Status))
def _mark(status: Status) -> SafeString:
    return format_html(
        '<span class="status {0}"><svg class="symbol" aria-hidden="true" viewBox="0 0 16 16">'
        '<use href="{1}#{0}"/></svg>{2}</span>',
        status.value,
        static("icons/symbols.svg"),
        STATUS_LABELS[status],
    )


@register.simple_tag
def status_cell(cell: Cell, account_id: str) -> SafeString:
    """A cell of the matrix: the way to the reason on the account's page."""
    return format_html(
        '<td role="cell" class="col-status"><span class="cell-label">{}</span>'
        '<a href="{}/#{}" tabindex="-1">{}</a></td>',
        cell.guardrail.short,
        account_id,
        cell.guardrail.id,
        _mark(cell.status),
    )
