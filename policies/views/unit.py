from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from policies.models import Assessment
from policies.selectors.account_path import unit_path
from policies.selectors.attachments import attached_at
from policies.selectors.headings import headings
from policies.selectors.icicle import icicle
from policies.selectors.matrix import worst_below
from policies.selectors.tree import shown_below
from policies.selectors.tree import tree as select_tree
from policies.selectors.trends import SPANS, span_of
from policies.selectors.unit_history import unit_history
from policies.selectors.units import children_of, path_ids, root_of, units_at
from policies.views.standing import assessment_required, standing_of

# Accounts on the unit's own page, worst first; the matrix has them all.
_ACCOUNTS: Final = 25


@require_safe
@assessment_required
def tree(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """The whole organization, unit by unit."""
    units = units_at(assessment)
    children = children_of(units)
    shown = shown_below(children, root_of(units))
    attached = attached_at(assessment, {one.id for one in shown})
    top = select_tree(assessment, children, shown, attached)
    context = {"tree": top, "headings": headings()}
    return render(request, "policies/tree.html", context)


@require_safe
@assessment_required
def unit(request: HttpRequest, assessment: Assessment, unit_id: str) -> HttpResponse:
    """One unit: what stands at and below it, and the SCPs that it has from above."""
    span = span_of(request.GET.get("days", ""))
    units = units_at(assessment)
    if unit_id not in units:
        raise Http404(f"No OU {unit_id} is in the organization, as it was last crawled.")
    found = units[unit_id]
    children = children_of(units)
    shown = shown_below(children, found)
    attached = attached_at(assessment, {one.id for one in shown} | {*path_ids(found.path)})
    as_of = standing_of(request).as_of
    below = select_tree(assessment, children, shown, attached)
    context = {
        "unit": found,
        "tree": below,
        "history": unit_history(assessment, unit_id, below.coverage, span, as_of),
        "spans": SPANS,
        "span": span,
        "blocks": icicle(children, found),
        "headings": headings(),
        "levels": unit_path(assessment, units, found, attached),
        "matrix": worst_below(assessment, found.path, _ACCOUNTS),
    }
    return render(request, "policies/unit.html", context)
