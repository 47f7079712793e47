"""The PDF's pictures, as SVG."""

from collections.abc import Sequence
from typing import Final

from policies.reports.hues import HUES
from policies.reports.outline import Line

_TRACK: Final = "#eceff3"


def coverage_chart(line: Line) -> str:
    """A guardrail's statuses, each as long as its share of the accounts; 100 wide, 6 high."""
    drawn = f'<rect width="100" height="6" fill="{_TRACK}"/>'
    start = 0.0
    for bar in line.bars:
        color = HUES[bar.status.value]
        drawn += f'<rect x="{start:.2f}" width="{bar.share:.2f}" height="6" fill="{color}"/>'
        start += bar.share
    return _svg(100, 6, drawn)


def trend_chart(percents: Sequence[float]) -> str:
    """Coverage over time, 100 wide and 30 high, from 0 to 100 percent; empty for no trend."""
    if not percents:
        return ""
    step = 100 / (len(percents) - 1)
    points = [(number * step, 29 - 0.28 * percent) for number, percent in enumerate(percents)]
    line = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
    return _svg(
        100,
        30,
        f'<polygon points="0,29 {line} 100,29" fill="{HUES["enforced"]}" opacity="0.14"/>'
        f'<polyline points="{line}" fill="none" stroke="{HUES["enforced"]}" stroke-width="1"/>'
        f'<line x1="0" y1="29" x2="100" y2="29" stroke="#c9ced6" stroke-width="0.4"/>',
    )


def _svg(width: int, height: int, drawn: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'preserveAspectRatio="none">{drawn}</svg>'
    )
