"""The report as the body of an e-mail: HTML with its styles inline, and the same as plain text."""

import re
from collections.abc import Sequence

from django.template.loader import render_to_string

from policies.reports.content import PostureReport
from policies.reports.outline import EMAIL, outline


def as_html(report: PostureReport, left_out: Sequence[str] = ()) -> str:
    """A whole document: tables and inline styles, which every mail client understands.

    `left_out` are files that were too large to be attached.
    """
    context = {"outline": outline(report, EMAIL), "left_out": left_out}
    html = render_to_string("policies/reports/email.html", context)
    # Gmail cuts after 102 kB, and the template's indentation would be a third of it.
    return re.sub(r"\n\s+", "\n", html)


def as_text(report: PostureReport, left_out: Sequence[str] = ()) -> str:
    """No line is blank twice in a row; names keep what they hold but line breaks."""
    context = {"outline": outline(report, EMAIL), "left_out": left_out}
    text = render_to_string("policies/reports/email.txt", context)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
