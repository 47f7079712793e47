"""A page held to WCAG 2.2 AA by axe, and to the width of its window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
Look = tuple[int, Literal["light", "dark"]]
# Each width and each scheme once; the pages that people spend their days on in all four.
BOTH_WIDTHS: Sequence[Look] = ((1280, "light"), (360, "dark"))
EVERY_LOOK: Sequence[Look] = (*BOTH_WIDTHS, (1280, "dark"), (360, "light"))


def problems(page: Page, looks: Sequence[Look]) -> Iterator[str]:
    """What axe finds, and whether the page is wider than its window."""
    for details in page.locator("details:not(.menu)").all():
        details.evaluate("one => one.open = true")
    page.evaluate(Axe().axe_script)
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            yield f"wider than {width} px"
        options = {"runOnly": RULES, "resultTypes": ["violations"]}
        found = page.evaluate("options => axe.run(options)", options)
        for one in found["violations"]:
            where = [node["html"] for node in one["nodes"]]
            yield f"{width} px, {scheme}: {one['help']}: {where}"
