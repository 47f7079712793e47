from typing import Any

from django import template

from accounts.models import Organization
from policies.reports.hues import HUES, TEXT
from policies.selectors import reports

register = template.Library()


@register.inclusion_tag("policies/reports/_problems.html")
def report_problems(organization: Organization) -> dict[str, Any]:
    """A warning for each schedule whose newest report did not reach everybody."""
    return {"problems": reports.report_problems(organization)}


@register.filter
def hue(word: str) -> str:
    """The colour of a status or of a direction, and the text's own for any other."""
    return HUES.get(word, TEXT)
