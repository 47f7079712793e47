"""A report's colours are those of the pages by day."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from policies.analysis.verdict import Status
from policies.reports.hues import HUES

TOKENS = (Path(__file__).resolve().parents[3] / "static" / "css" / "tokens.css").read_text()


@pytest.mark.parametrize("status", [one for one in Status if one is not Status.NOT_APPLICABLE])
def test_a_status_has_the_colour_that_it_has_on_pages(status: Status) -> None:
    by_day = re.search(rf"--{status}: light-dark\((#\w+),", TOKENS)
    assert by_day is not None
    assert HUES[status] == by_day[1]
