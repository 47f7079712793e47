from typing import Any

from django import template

from accounts.models import Organization
from policies.selectors import reports

register = template.Library()


@register.inclusion_tag("policies/reports/_problems.html")
def report_problems(organization: Organization) -> dict[str, Any]:
    """A warning for each schedule whose newest report did not reach everybody."""
    return {"problems": reports.report_problems(organization)}
