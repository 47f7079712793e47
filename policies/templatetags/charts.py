"""Pictures made on the server: plain SVG, which needs no script and no inline style."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from policies.analysis.verdict import Status
from policies.selectors.coverage import Coverage

register = template.Library()


@register.simple_tag
def stacked_bar(coverage: Coverage) -> SafeString:
    """A bar of the statuses, best first, each as long as its share of the counted accounts."""
    segments = []
    start = 0.0
    for one in sorted(coverage.by_status, key=lambda one: one.status is not Status.ENFORCED):
        if one.accounts and one.status is not Status.NOT_APPLICABLE:
            width = 100 * one.accounts / coverage.counted
            segments.append((one.status.value, f"{start:.3f}", f"{width:.3f}"))
            start += width
    bar = format_html_join(
        "", '<rect class="fill-{}" x="{}" width="{}" y="0" height="6"/>', segments
    )
    # The legend beside it says the same in words.
    return format_html(
        '<svg class="stacked-bar" aria-hidden="true" viewBox="0 0 100 6"'
        ' preserveAspectRatio="none">{}</svg>',
        bar,
    )
