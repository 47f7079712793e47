"""The guardrails' parameters of an organization, for administrators."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.auditing import actor_of
from accounts.models import Organization
from policies.analysis.guardrail import Parameters
from policies.selectors.parameters import parameters_of
from policies.selectors.standing import newest_assessment
from policies.services.parameters import change_parameters
from policies.services.previewing import preview
from policies.tasks import reassess_organization
from policies.views.parameters_form import ParametersForm

_ADMINISTRATOR = permission_required("policies.change_parameters", raise_exception=True)


@require_safe
@_ADMINISTRATOR
def all_parameters(request: HttpRequest) -> HttpResponse:
    """The organizations; where there is one only, its page."""
    organizations = list(Organization.objects.order_by("aws_id"))
    if len(organizations) == 1:
        return redirect("policies:parameters", organizations[0].aws_id)
    rows = [(one, parameters_of(one)) for one in organizations]
    context = {"rows": rows, "defaults": Parameters()}
    return render(request, "policies/all_parameters.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@_ADMINISTRATOR
def parameters(request: HttpRequest, organization_id: str) -> HttpResponse:
    """The form; posted, what it would change, which nothing is saved by unless `save` is posted."""
    organization = get_object_or_404(Organization, aws_id=organization_id)
    now = parameters_of(organization)
    form = ParametersForm(now, request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"organization": organization, "form": form}
    if not form.is_bound:
        return render(request, "policies/parameters.html", context)
    if not form.is_valid():
        return render(request, "policies/parameters.html", context, status=HTTPStatus.BAD_REQUEST)
    wanted = form.parameters()
    if "save" in request.POST:
        return _save(request, organization, wanted)
    assessment = newest_assessment(organization)
    if wanted != now and assessment and assessment.kept:
        context["preview"] = preview(assessment, wanted, request.POST.get("page", "1"))
    context["differs"] = wanted != now
    return render(request, "policies/parameters.html", context)


def _save(request: HttpRequest, organization: Organization, wanted: Parameters) -> HttpResponse:
    with transaction.atomic():
        changed = change_parameters(organization, wanted, actor_of(request))
        if changed:
            transaction.on_commit(lambda: reassess_organization.delay(organization.pk))
    if changed:
        messages.success(
            request, "The parameters are saved, and the accounts are being judged by them."
        )
    else:
        messages.info(request, "These parameters were in force already.")
    return redirect("policies:parameters", organization.aws_id)
