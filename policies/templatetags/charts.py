"""Pictures made on the server: plain SVG, which needs no script and no inline style."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from policies.analysis.verdict import Status
from policies.selectors.coverage import Coverage
from policies.selectors.trends import Day, bends
from policies.templatetags.statuses import status_mark

register = template.Library()

# From the bottom up: what is well, then ever worse.
_LAYERS: Final = (Status.ENFORCED, Status.INDETERMINATE, Status.PARTIAL, Status.MISSING)


@register.simple_tag
def stacked_bar(coverage: Coverage) -> SafeString:
    """A bar of the statuses, best first, each as long as its share of the counted accounts."""
    segments = []
    start = 0.0
    for status, accounts in sorted(coverage.by_status, key=lambda one: one[0] != Status.ENFORCED):
        if accounts and status is not Status.NOT_APPLICABLE:
            width = 100 * accounts / coverage.counted
            segments.append((status.value, f"{start:.3f}", f"{width:.3f}"))
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


@register.simple_tag
def sparkline(line: Sequence[tuple[date, float]]) -> SafeString:
    """A line of values from 0 to 1 on two or more days; the number beside it says where it ends."""
    places, values = _places([day for day, _ in line]), [value for _, value in line]
    points = (f"{x:.2f},{23 - 22 * value:.2f}" for x, value in zip(places, values, strict=True))
    return format_html(
        '<svg class="sparkline" aria-hidden="true" viewBox="0 0 100 24"'
        ' preserveAspectRatio="none"><polyline points="{}"/></svg>',
        " ".join(points),
    )


@register.simple_tag
def stacked_area(trend: Sequence[Day], guardrail: str = "") -> SafeString:
    """Each status as a band, as high as its share of the accounts on each of two or more days."""
    trend = bends(trend)
    places = _places([one.day for one in trend])
    below = [0.0] * len(trend)
    bands = []
    for status in _LAYERS:
        above = [
            floor + _percent(one, status, guardrail)
            for floor, one in zip(below, trend, strict=True)
        ]
        if above != below:
            edge = [f"{x:.2f},{100 - y:.2f}" for x, y in zip(places, above, strict=True)]
            back = [f"{x:.2f},{100 - y:.2f}" for x, y in zip(places, below, strict=True)]
            bands.append((status.value, " ".join([*edge, *reversed(back)])))
        below = above
    return format_html(
        '<svg class="stacked-area" aria-hidden="true" viewBox="0 0 100 100"'
        ' preserveAspectRatio="none">{}<path class="grid" d="M0 25h100M0 50h100M0 75h100"/></svg>',
        format_html_join("", '<polygon class="fill-{}" points="{}"/>', bands),
    )


@register.simple_tag
def area_legend(trend: Sequence[Day], guardrail: str = "") -> SafeString:
    """What the bands of `stacked_area` stand for, from the top down."""
    there = (
        (status_mark(status),)
        for status in reversed(_LAYERS)
        if any(one.accounts(status, guardrail) for one in trend)
    )
    bands = format_html_join("", "<li>{}</li>", there)
    return format_html('<ul class="cover-legend area-legend" aria-label="Colours">{}</ul>', bands)


def _percent(one: Day, status: Status, guardrail: str) -> float:
    counted = sum(one.accounts(each, guardrail) for each in _LAYERS)
    return 100 * one.accounts(status, guardrail) / counted if counted else 0.0


def _places(days: Sequence[date]) -> list[float]:
    """From 0 for the first day to 100 for the last."""
    if not days:
        return []
    whole = (days[-1] - days[0]).days or 1
    return [100 * (day - days[0]).days / whole for day in days]
