"""A status as symbol and word, never as colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from policies.analysis.verdict import Status
from policies.selectors.headings import STATUS_LABELS, Heading
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
def status_links(cells: Sequence[Cell], account_url: str) -> SafeString:
    """The same row where the account's page stands elsewhere: cells of a plain list."""
    return format_html_join(
        "",
        '<td><a class="calm" href="{}#{}">{}</a></td>',
        ((account_url, cell.guardrail.id, _mark(cell.status)) for cell in cells),
    )


@register.simple_tag
def status_cells(cells: Sequence[Cell], account_id: str) -> SafeString:
    """A row of the matrix, in which each cell leads to the reason on the account's page."""
    id, found = conditional_escape(account_id), SafeString()
    for cell in cells:
        before, after = _around(cell.guardrail, cell.status)
        found += before + id + after
    return found


@lru_cache(maxsize=256)
def _around(guardrail: Heading, status: Status) -> tuple[SafeString, SafeString]:
    """What stands in a cell before and after the account's id."""
    return (
        format_html(
            '<td role="cell" class="col-status"><span class="cell-label">{}</span><a href="',
            guardrail.short,
        ),
        format_html('/#{}" tabindex="-1">{}</a></td>', guardrail.id, _mark(status)),
    )
