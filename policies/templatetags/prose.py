"""Sentences in which backticks mark what is to be read letter by letter."""

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
    """`text` between backticks as code. Everything is escaped, so it may hold anything."""
    parts = sentence.split("`")
    if len(parts) % 2 == 0:
        # One backtick is left over: it belongs to the text.
        parts[-2:] = [f"{parts[-2]}`{parts[-1]}"]
    return format_html_join(
        "",
        "{}{}{}",
        (
            (_CODE, in_order(part), _END) if index % 2 else ("", part, "")
            for index, part in enumerate(parts)
        ),
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


@register.filter
def short_path(path: str, most: int = PATH) -> str:
    """A path of OUs in a list. Whole it stands on the page of the OU, and of each account."""
    return in_order(shortened(path, most))


register.filter("in_order", in_order)


_CODE = SafeString("<code>")
_END = SafeString("</code>")
