"""Sentences in which backticks mark what is to be read letter by letter."""

import re
from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from policies.selectors.changes import ChangeLine
from policies.selectors.shortened import PATH, in_order, shortened
from policies.selectors.verdict_cards import by_name

register = template.Library()


# Rows of a page say much the same.
@register.filter
@lru_cache(maxsize=1_024)
def code_spans(sentence: str) -> SafeString:
    """`text` between backticks as code. Everything is escaped, so it may hold anything.

    Text that has backticks itself stands between more of them; one that is left over is text.
    """
    text, *marked = _MARKED.split(sentence)
    return format_html_join(
        "",
        "{}{}{}{}",
        [
            ("", "", "", text),
            *(
                (_CODE, in_order(code.strip() if len(fence) > 1 else code), _END, after)
                for fence, code, after in zip(marked[::3], marked[1::3], marked[2::3], strict=True)
            ),
        ],
    )


# Written at once: an account's page has hundreds.
@register.filter
def codes(words: Iterable[str], between: str = "") -> SafeString:
    """Each as code, and what stands between them."""
    return format_html_join(between, "<code>{}</code>", ((one,) for one in words))


# Written at once too: a feed of changes names a hundred.
@register.filter
def examples_of(line: ChangeLine, accounts_url: str) -> SafeString:
    """The accounts that a line of a change names, each with a link where it is still there."""
    if line.after is None:
        return format_html_join(", ", "{}", ((one.name,) for one in line.examples))
    return format_html_join(
        ", ",
        '<a href="{}{}/#{}">{}</a>',
        ((accounts_url, one.id, line.guardrail.id, one.name) for one in line.examples),
    )


# Roots and OUs in a reason as people know them.
register.filter("by_name", by_name)


# A page names the same few again and again.
@register.filter
@lru_cache(maxsize=1_024)
def short_path(path: str, most: int = PATH) -> str:
    """A path of OUs in a list. Whole it stands on the page of the OU, and of each account."""
    return in_order(shortened(path, most))


register.filter("in_order", in_order)


# What is marked stands between blanks, brackets, quotation marks and full stops: a backtick within
# a word is text.
_MARKED = re.compile(r"(?:^|(?<=[\s(\[\"“]))(`+)(?!`)(.+?)(?<!`)\1(?=[\s.,:;?!)\]\"”'’]|$)")
_CODE = SafeString("<code>")
_END = SafeString("</code>")
