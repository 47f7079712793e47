"""The tree of units: nested lists, each opened and closed by a `<details>` of its own."""

from functools import cache
from typing import Final

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from policies.selectors.coverage import Coverage
from policies.selectors.headings import Heading
from policies.selectors.shortened import NAME, shortened
from policies.selectors.tree import Node

register = template.Library()

# Levels that are open at first.
_OPEN: Final = 2


@register.simple_tag
def unit_tree(top: Node) -> SafeString:
    """A unit and all of its nodes. Written out in Python: a template for each would be slow."""
    addresses = (
        conditional_escape(reverse("policies:tree")),
        conditional_escape(reverse("policies:matrix")),
    )
    return format_html('<ul class="tree">{}</ul>', _node(top, addresses, 0))


# Of the tree, below which units have their pages, and of the matrix.
_Addresses = tuple[SafeString, SafeString]


def _node(node: Node, addresses: _Addresses, depth: int) -> SafeString:
    pages, matrix = addresses
    node_id = conditional_escape(node.id)
    shares = SafeString("".join(_share(node_id, one, matrix) for one in node.coverage))
    name = conditional_escape(shortened(node.name, NAME))
    # Id and name are escaped, and the rest are numbers or markup.
    return SafeString(
        f'<li><div class="tree-row"><span class="tree-name"><a href="{pages}{node_id}/">{name}</a>'
        f'{_not_shown(node)}</span><span class="tree-scps">{node.scps}</span>'
        f'<span class="tree-accounts">{node.accounts:,}</span>{shares}</div>'
        f"{_below(node, addresses, depth)}</li>"
    )


def _not_shown(node: Node) -> SafeString:
    """How many units are in it, where the tree ends there: its own page has them."""
    if node.children or not node.below:
        return SafeString("")
    return format_html(
        ' <span class="tree-more">{} OU{} in it</span>', node.below, "s" if node.below > 1 else ""
    )


def _below(node: Node, addresses: _Addresses, depth: int) -> SafeString:
    if not node.children:
        return SafeString("")
    return format_html(
        '<details{}><summary aria-label="OUs in {}"></summary><ul>{}{}</ul></details>',
        SafeString(" open") if depth < _OPEN else "",
        shortened(node.name, NAME),
        format_html_join("", "{}", ((_node(one, addresses, depth + 1),) for one in node.children)),
        _more(node, addresses[1]),
    )


def _more(node: Node, matrix: SafeString) -> SafeString:
    """The way to those that a page has no room for, where others in the unit are shown."""
    if not node.hidden:
        return SafeString("")
    return format_html(
        '<li class="tree-more">{} more OU{}, none of them larger: '
        '<a href="{}?unit={}&amp;group=unit">all accounts by OU</a></li>',
        f"{node.hidden:,}",
        "s" if node.hidden > 1 else "",
        matrix,
        node.id,
    )


def _share(node_id: SafeString, share: Coverage, matrix: SafeString) -> SafeString:
    if not share.counted:
        return SafeString('<span class="tree-share">–</span>')
    before, after = _around(share.guardrail)
    # What the database says is the id alone, and that is escaped: the rest are numbers.
    return SafeString(
        f'<a class="tree-share cover-{share.step}" title="{before}{share.enforced:,} of '
        f'{share.counted:,}" href="{matrix}?unit={node_id}{after}{share.percent} %</a>'
    )


@cache
def _around(guardrail: Heading) -> tuple[SafeString, SafeString]:
    """What a share says of its guardrail, before its numbers and after its unit."""
    return (
        format_html("{}: ", guardrail.short),
        format_html('&amp;guardrail={}">', guardrail.id),
    )
