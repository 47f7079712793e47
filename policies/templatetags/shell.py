"""The bar above every page."""

import re
from typing import Final

from django import template
from django.template import RequestContext
from django.urls import get_script_prefix, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

# What names an organization and a moment at the end of a prefix.
_MOUNT: Final = re.compile(r"(o/o-[a-z0-9]+/)?(at/[^/]+/)?$")


@register.simple_tag(takes_context=True)
def nav_link(context: RequestContext, name: str, label: str, *parts: str) -> SafeString:
    """A link of the main navigation to the page `name`.

    It is marked on that page, and on the pages named in `parts`, which belong to it.
    """
    match = context["request"].resolver_match if "request" in context else None
    here = match.view_name if match else ""
    mark = {name: "page"} | dict.fromkeys(parts, "true")
    current = format_html(' aria-current="{}"', mark[here]) if here in mark else ""
    return format_html('<a href="{}"{}>{}</a>', reverse(name), current, label)


@register.simple_tag
def organization_address(organization_id: str) -> str:
    """The overview of another organization, from below the prefix of this one."""
    return f"{_MOUNT.sub('', get_script_prefix())}o/{organization_id}/organization/"
