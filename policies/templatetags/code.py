"""Policies as code: numbered lines, with those that matter marked."""

from collections.abc import Collection, Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from policies.selectors.policy_text import Line

register = template.Library()


@register.simple_tag
def code_lines(
    lines: Sequence[Line], marked: Collection[int] = (), anchors: str = ""
) -> SafeString:
    """The lines with their numbers; `marked` are indexes of statements.

    With `anchors` the first line of each statement can be led to, as `<anchors>-<index>`.
    Numbers are for the eye alone: they are not selected with the text.
    """
    rows = []
    before: Line | None = None
    for line in lines:
        first = line.statement is not None and (
            before is None or before.statement != line.statement
        )
        anchor = format_html(' id="{}-{}"', anchors, line.statement) if anchors and first else ""
        hit = " hit" if line.statement is not None and line.statement in marked else ""
        rows.append((hit, anchor, line.number, line.text))
        before = line
    return format_html(
        '<code class="lines">{}</code>',
        format_html_join(
            "",
            '<span class="line{}"{}><span class="n" aria-hidden="true">{}</span>{}\n</span>',
            rows,
        ),
    )
