"""Sentences with code in them."""

import pytest
from django.utils.html import escape

from policies.selectors.sentences import marked
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
        ("Edited `a`b`, `c`", "Edited <code>a`b</code>, <code>c</code>"),
        ("from `` ` `` to `b`.", "from <code>`</code> to <code>b</code>."),
    ],
)
def test_backticks_become_code_and_everything_is_escaped(sentence: str, html: str) -> None:
    assert code_spans(sentence) == html


@pytest.mark.parametrize("name", ["plain", "`", "a`b", "`a` b", "a`` `b", "it's", "``a``"])
def test_a_marked_name_is_shown_as_it_is_called(name: str) -> None:
    sentence = f"Moved {marked(name)} from {marked(name)} to {marked('x')}; edited {marked(name)}"
    code = f"<code>{escape(name)}</code>"
    assert code_spans(sentence) == f"Moved {code} from {code} to <code>x</code>; edited {code}"


def test_a_page_says_where_an_scp_is_attached_by_name() -> None:
    names = {"ou-ab12-11111111": "Work & play", "r-ab12": "Root", "ou-ab12-22222222": "a`b"}
    reason = 'closed: `x`, by SCP "r-ab12" (p-1) at ou-ab12-11111111 and SCP p-2 at r-ab12.'
    assert by_name(reason, names) == (
        'closed: `x`, by SCP "r-ab12" (p-1) at Work & play and SCP p-2 at Root.'
    )
    unknown = "nothing attached at ou-ab12-22222222 or ou-ab12-33333333 allows it"
    assert by_name(unknown, names) == unknown
