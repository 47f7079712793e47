from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts import auditing
from policies.tasks import reassess_organization
from policies.views.standing import standing_of


@require_POST
@permission_required("policies.add_assessment", raise_exception=True)
def reassess(request: HttpRequest) -> HttpResponse:
    """Ask the worker to judge the last snapshot again, by the rules of now."""
    assessment = standing_of(request).assessment
    if assessment is None:
        messages.info(request, "There is nothing to judge: crawl first.")
    else:
        organization = assessment.organization
        with transaction.atomic():
            actor = auditing.actor_of(request)
            auditing.record(actor, auditing.Kind.PARAMETERS, "judged again", organization)
            transaction.on_commit(lambda: reassess_organization.delay(organization.pk))
        messages.success(request, "The organization is judged again by the rules of now.")
    return redirect("policies:changes")
