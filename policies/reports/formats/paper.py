"""The report as PDF, typeset by Typst from a template of its own."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import msgspec

from policies.reports.content import PostureReport
from policies.reports.formats.charts import coverage_chart, trend_chart
from policies.reports.hues import HUES
from policies.reports.outline import PAPER, outline

if TYPE_CHECKING:
    from typst import PDFStandard

_TEMPLATE: Final = files("policies.reports.formats").joinpath("paper.typ").read_bytes()
_ARCHIVED: Final[PDFStandard] = "a-2a"


def as_pdf(report: PostureReport) -> bytes:
    """PDF/A-2a where it can be: archived as it is, and tagged for who reads it with the ears.

    What comes from AWS reaches the template as strings of a JSON value, which Typst never
    takes for markup.
    """
    from typst import TypstError

    try:
        return _compiled(report, _ARCHIVED)
    except TypstError as error:
        # PDF/A admits no character without a glyph, and names in AWS may be of any script.
        if "could not be displayed with" not in error.message:
            raise
        return _compiled(report, None)


def _compiled(report: PostureReport, standard: PDFStandard | None) -> bytes:
    # 80 MB of program, wanted by few processes and late.
    from typst import Compiler

    told = outline(report, PAPER)
    data = msgspec.to_builtins(told) | {
        "hues": HUES,
        "coverage_charts": [coverage_chart(line) for line in told.lines],
        "trend_charts": [trend_chart(line.trend) for line in told.lines],
    }
    # Typst's own fonts first; the machine's help out with scripts that these lack.
    compiler = Compiler(_TEMPLATE, sys_inputs={"report": json.dumps(data)})
    found = compiler.compile(
        format="pdf",
        pdf_standards=standard or [],
        timestamp=report.made_at.replace(microsecond=0),
    )
    assert isinstance(found, bytes)  # noqa: S101 - only pictures come as a list
    return found
