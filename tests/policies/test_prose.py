"""Sentences with code in them."""

import pytest

from policies.templatetags.prose import code_spans


@pytest.mark.parametrize(
    ("sentence", "html"),
    [
        (
            "open to `role/*` outside `eu-*`",
            "open to <code>role/*</code> outside <code>eu-*</code>",
        ),
        ("one ` alone", "one ` alone"),
        ("`a` and ` alone", "<code>a</code> and ` alone"),
        ("", ""),
        ("`<b>` & <i>", "<code>&lt;b&gt;</code> &amp; &lt;i&gt;"),
    ],
)
def test_backticks_become_code_and_everything_is_escaped(sentence: str, html: str) -> None:
    assert code_spans(sentence) == html
