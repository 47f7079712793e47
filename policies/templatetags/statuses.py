"""A status as symbol and word, never as colour alone."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from html import escape
from typing import Final

from django import template
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.snapshot import AccountState
from policies.analysis.verdict import Status
from policies.selectors.headings import STATUS_LABELS, Heading
from policies.selectors.matrix import Cell, Row

register = template.Library()


# A page has hundreds, and there are five.
@register.simple_tag
@lru_cache(maxsize=len(Status))
def status_mark(status: Status) -> SafeString:
    return format_html(
        '<span class="status {0}"><svg class="symbol" aria-hidden="true" viewBox="0 0 16 16">'
        '<use href="{1}#{0}"/></svg>{2}</span>',
        status.value,
        static("icons/symbols.svg"),
        STATUS_LABELS[status],
    )


@register.simple_tag
def account_name(row: Row, accounts_url: str) -> SafeString:
    """A row's account by name and id. Written at once: a page has a hundred."""
    account = row.account
    pages = conditional_escape(accounts_url)
    aws_id, name = escape(account.aws_id), escape(account.name)
    tags = _tags(row) if row.marked else ""
    return SafeString(
        f'<a href="{pages}{aws_id}/">{name}</a> {tags}<span class="id">{aws_id}</span>'
    )


def _tags(row: Row) -> SafeString:
    tags = ["Management"] if row.is_management else []
    if row.account.state != AccountState.ACTIVE:
        tags.append(row.account.get_state_display())
    return format_html_join("", '<span class="tag">{}</span> ', ((one,) for one in tags))


# Where an account's address goes. Neither escaping nor any name makes it.
_ADDRESS: Final = "\0"
# A guardrail and its status, for each cell of a row.
_Statuses = tuple[tuple[Heading, Status], ...]


@register.simple_tag
def status_cells(cells: Sequence[Cell], account_id: str) -> SafeString:
    """A row of the matrix, in which each cell leads to the reason on the account's page."""
    return _row(cells, escape(account_id), _in_matrix)


@register.simple_tag
def status_links(cells: Sequence[Cell], accounts_url: str, account_id: str) -> SafeString:
    """The same row where the accounts' pages stand elsewhere: cells of a plain list."""
    return _row(cells, conditional_escape(accounts_url) + escape(account_id), _in_list)


def _row(
    cells: Sequence[Cell], address: str, around: Callable[[_Statuses], Sequence[str]]
) -> SafeString:
    parts = around(tuple((cell.guardrail, cell.status) for cell in cells))
    return SafeString(address.join(parts))


# Of a page's hundred rows few differ in more than the address.
@lru_cache(maxsize=1_024)
def _in_matrix(statuses: _Statuses) -> Sequence[str]:
    """What stands before, between and after the places of the account's address."""
    return format_html_join(
        "",
        '<td role="cell" class="col-status"><span class="cell-label">{}</span>'
        '<a href="{}/#{}" tabindex="-1">{}</a></td>',
        ((one.short, _ADDRESS, one.id, status_mark(status)) for one, status in statuses),
    ).split(_ADDRESS)


@lru_cache(maxsize=1_024)
def _in_list(statuses: _Statuses) -> Sequence[str]:
    return format_html_join(
        "",
        '<td><a class="calm" href="{}/#{}">{}</a></td>',
        ((_ADDRESS, one.id, status_mark(status)) for one, status in statuses),
    ).split(_ADDRESS)
