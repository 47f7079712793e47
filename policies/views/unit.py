from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from policies.selectors.account_path import path_ids, unit_path
from policies.selectors.attachments import attached_at
from policies.selectors.headings import headings
from policies.selectors.icicle import icicle
from policies.selectors.matrix import worst_below
from policies.selectors.tree import shown_below
from policies.selectors.tree import tree as select_tree
from policies.selectors.trends import SPANS
from policies.selectors.unit_history import unit_history
from policies.selectors.units import children_of, root_of, units_at
from policies.views.standing import standing_of

# Accounts on the unit's own page, worst first; the matrix has them all.
_ACCOUNTS: Final = 25


@require_safe
def tree(request: HttpRequest) -> HttpResponse:
    """The whole organization, unit by unit."""
    now = standing_of(request)
    if now.assessment is None:
        return render(request, "policies/nothing_yet.html")
    units = units_at(now.assessment)
    children = children_of(units)
    shown = shown_below(children, root_of(units))
    attached = attached_at(now.assessment, {one.id for one in shown})
    top = select_tree(now.assessment, children, shown, attached)
    context = {"tree": top, "headings": headings()}
    return render(request, "policies/tree.html", context)


@require_safe
def unit(request: HttpRequest, unit_id: str) -> HttpResponse:
    """One unit: what stands at and below it, and the SCPs that it has from above."""
    now = standing_of(request)
    if now.assessment is None:
        return render(request, "policies/nothing_yet.html")
    asked = request.GET.get("days", "")
    span = next((one for one in SPANS if str(one) == asked), SPANS[0])
    units = units_at(now.assessment)
    if unit_id not in units:
        raise Http404(f"No OU {unit_id} is in the organization, as it was last crawled.")
    found = units[unit_id]
    children = children_of(units)
    shown = shown_below(children, found)
    attached = attached_at(now.assessment, {one.id for one in shown} | {*path_ids(found.path)})
    below = select_tree(now.assessment, children, shown, attached)
    context = {
        "unit": found,
        "tree": below,
        "history": unit_history(now.assessment, unit_id, below.shares, span, now.as_of),
        "spans": SPANS,
        "span": span,
        "blocks": icicle(children, found),
        "headings": headings(),
        "levels": unit_path(now.assessment, units, found, attached),
        "matrix": worst_below(now.assessment, found.path, _ACCOUNTS),
    }
    return render(request, "policies/unit.html", context)
