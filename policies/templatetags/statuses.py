"""A status as symbol and word, never as colour alone."""

from collections.abc import Callable, Sequence
from functools import lru_cache

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
    pages, aws_id, name = map(conditional_escape, (accounts_url, account.aws_id, account.name))
    tags = _tags(row) if row.marked else ""
    return SafeString(
        f'<a href="{pages}{aws_id}/">{name}</a> {tags}<span class="id">{aws_id}</span>'
    )


def _tags(row: Row) -> SafeString:
    tags = ["Management"] if row.is_management else []
    if row.account.state != AccountState.ACTIVE:
        tags.append(row.account.get_state_display())
    return format_html_join("", '<span class="tag">{}</span> ', ((one,) for one in tags))


@register.simple_tag
def status_cells(cells: Sequence[Cell], account_id: str) -> SafeString:
    """A row of the matrix, in which each cell leads to the reason on the account's page."""
    return _row(cells, conditional_escape(account_id), _in_matrix)


@register.simple_tag
def status_links(cells: Sequence[Cell], accounts_url: str, account_id: str) -> SafeString:
    """The same row where the accounts' pages stand elsewhere: cells of a plain list."""
    address = conditional_escape(accounts_url) + conditional_escape(account_id)
    return _row(cells, address, _in_list)


_Around = Callable[[Heading, Status], tuple[SafeString, SafeString]]


def _row(cells: Sequence[Cell], address: SafeString, around: _Around) -> SafeString:
    found = SafeString()
    for cell in cells:
        before, after = around(cell.guardrail, cell.status)
        found += before + address + after
    return found


@lru_cache(maxsize=256)
def _in_matrix(guardrail: Heading, status: Status) -> tuple[SafeString, SafeString]:
    """What stands in a cell before and after the account's address."""
    return (
        format_html(
            '<td role="cell" class="col-status"><span class="cell-label">{}</span><a href="',
            guardrail.short,
        ),
        format_html('/#{}" tabindex="-1">{}</a></td>', guardrail.id, status_mark(status)),
    )


@lru_cache(maxsize=256)
def _in_list(guardrail: Heading, status: Status) -> tuple[SafeString, SafeString]:
    return (
        SafeString('<td><a class="calm" href="'),
        format_html('/#{}">{}</a></td>', guardrail.id, status_mark(status)),
    )
