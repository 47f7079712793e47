from django import template

from policies.reports.hues import HUES, TEXT

register = template.Library()


@register.filter
def hue(word: str) -> str:
    """The colour of a status or of a direction, and the text's own for any other."""
    return HUES.get(word, TEXT)
