"""Maps of the organization: SVG in which everything is a link."""

from collections.abc import Iterator, Sequence
from html import escape
from math import ceil, sqrt
from typing import Final

from django import template
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from policies.analysis.verdict import Status
from policies.selectors.headings import STATUS_LABELS
from policies.selectors.heat_map import HeatBlock, Run
from policies.selectors.icicle import Block
from policies.selectors.shortened import NAME, PATH, in_order, shortened

register = template.Library()

_ROW: Final = 26
# Narrower than this part of the whole, no name fits into a block in any window.
_LEGIBLE: Final = 0.015


@register.simple_tag
def icicle(blocks: Sequence[Block]) -> SafeString:
    """Units as blocks. Widths are percentages, so that the text keeps its size in any window."""
    height = _ROW * (1 + max((one.depth for one in blocks), default=0))
    # Their pages stand below the tree's; to ask for each of hundreds takes longer than all else.
    pages = conditional_escape(reverse("policies:tree"))
    return format_html(
        '<svg class="icicle" height="{}" role="group" aria-label="{}">{}</svg>',
        height,
        "Organizational units by accounts and coverage",
        SafeString("".join(_block(one, pages) for one in blocks)),
    )


def _block(one: Block, pages: SafeString) -> SafeString:
    # What the database says are id and name, and these are escaped: the rest are numbers.
    # By Python's own function, as Django's takes thrice as long.
    id, name = escape(one.id), escape(shortened(one.name, NAME))
    plural = "" if one.accounts == 1 else "s"
    return SafeString(
        f'<a href="{pages}{id}/"><title>{name}: {one.percent} % enforced, {one.accounts:,} '
        f'account{plural}</title><svg x="{100 * one.start:.3f}%" y="{one.depth * _ROW}" '
        f'width="{100 * one.width:.3f}%" height="{_ROW}"><rect class="cover-{one.step}" '
        f'width="100%" height="100%"/>{_label(name) if one.width >= _LEGIBLE else ""}</svg></a>'
    )


def _label(name: str) -> SafeString:
    # SVG's own text can't be cut where its block ends.
    return SafeString(
        '<foreignObject width="100%" height="100%"><div class="block-name">'
        f"<span>{name}</span></div></foreignObject>"
    )


@register.simple_tag
def heat_block(block: HeatBlock, query: QueryDict, *, singly: bool) -> SafeString:
    """A unit's accounts as squares, row by row, each or each run of them a link."""
    pitch = 14 if singly else 6
    columns = min(100, max(4, ceil(sqrt(2 * block.accounts))))
    width, height = columns * pitch, ceil(block.accounts / columns) * pitch
    # Accounts' pages stand below the matrix's.
    accounts = reverse("policies:matrix")
    drawn = []
    start = 0
    for run in block.runs:
        drawn.append(
            (
                f"{accounts}{_address(block, run, query)}",
                _words(run),
                run.worth,
                _area(start, start + run.accounts, columns, pitch),
            )
        )
        start += run.accounts
    return format_html(
        '<svg class="heat" width="{0}" height="{1}" viewBox="0 0 {0} {1}" role="group"'
        ' aria-label="{2}">{3}<rect width="{0}" height="{1}" fill="url(#grid-{4})"/></svg>',
        width,
        height,
        in_order(shortened(block.name, PATH)),
        format_html_join(
            "",
            '<a href="{}"><title>{}</title><path class="heat-{}" d="{}"/></a>',
            drawn,
        ),
        pitch,
    )


def _area(start: int, end: int, columns: int, pitch: int) -> str:
    """A path around the squares from `start` up to `end`; the grid above tells them apart."""
    return "".join(
        f"M{column * pitch} {row * pitch}h{length * pitch}v{rows * pitch}h-{length * pitch}z"
        for row, column, length, rows in _strips(start, end, columns)
    )


def _strips(start: int, end: int, columns: int) -> Iterator[tuple[int, int, int, int]]:
    """Row, first column, length and number of rows: whole rows are one strip."""
    while start < end:
        row, column = divmod(start, columns)
        rows = (end - start) // columns if column == 0 else 0
        length = columns if rows else min(end - start, columns - column)
        yield row, column, length, max(rows, 1)
        start += length * max(rows, 1)


def _words(run: Run) -> str:
    if run.worth.isdigit():
        state = f"lacks {run.worth}" if run.worth != "0" else "lacks none"
    else:
        state = STATUS_LABELS[Status(run.worth)].lower()
    if run.account_id:
        return f"{run.name} ({run.account_id}): {state}"
    return f"{run.accounts:,} accounts: {state}"


def _address(block: HeatBlock, run: Run, query: QueryDict) -> str:
    if run.account_id:
        return f"{run.account_id}/"
    narrowed = {name: str(value) for name, value in query.items()}
    narrowed["unit"] = block.unit_id
    narrowed["lacks" if run.worth.isdigit() else "status"] = run.worth
    return f"?{urlencode(narrowed)}"
