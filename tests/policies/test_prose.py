"""Sentences with code in them."""

import pytest

from policies.selectors.verdict_cards import by_name
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


def test_a_page_says_where_an_scp_is_attached_by_name() -> None:
    names = {"ou-ab12-11111111": "Work & play", "r-ab12": "Root", "ou-ab12-22222222": "a`b"}
    reason = 'closed: `x`, by SCP "r-ab12" (p-1) at ou-ab12-11111111 and SCP p-2 at r-ab12.'
    assert by_name(reason, names) == (
        'closed: `x`, by SCP "r-ab12" (p-1) at Work & play and SCP p-2 at Root.'
    )
    unknown = "nothing attached at ou-ab12-22222222 or ou-ab12-33333333 allows it"
    assert by_name(unknown, names) == unknown
