"""What is known of the organization, and at the moment, that a request asks about."""

from collections.abc import Callable
from datetime import UTC, datetime, time
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.dateparse import parse_date, parse_datetime

from accounts.models import Organization
from policies.models import Assessment
from policies.selectors.standing import NothingKnown, Standing, standing

_Rest = ParamSpec("_Rest")
_Answer = TypeVar("_Answer", bound=HttpResponseBase)


def standing_of(request: HttpRequest) -> Standing:
    """Asked once per request, whoever asks: the view, and the bar above every page.

    Without an organization in the address it is the one that was crawled last.
    """
    found: Standing | None = getattr(request, "standing", None)
    if found is None:
        wanted: str = getattr(request, "organization_id", "")
        try:
            found = standing(wanted, moment_of(request))
        except NothingKnown as problem:
            raise Http404(str(problem)) from None
        if wanted and found.organization is None:
            raise Http404(f"The portal knows no organization {wanted}.")
        request.standing = found  # type: ignore[attr-defined]
    return found


def standing_about(request: HttpRequest, organization: Organization) -> Standing:
    """For a page about something of this organization, whichever was crawled last.

    Below another organization's prefix there is no such page.
    """
    wanted: str = getattr(request, "organization_id", "")
    if wanted not in {"", organization.aws_id}:
        raise Http404(f"It is not of {wanted}, but of another organization.")
    request.organization_id = organization.aws_id  # type: ignore[attr-defined]
    return standing_of(request)


def assessment_required(
    view: Callable[Concatenate[HttpRequest, Assessment, _Rest], _Answer],
) -> Callable[Concatenate[HttpRequest, _Rest], _Answer | HttpResponse]:
    """Give the view the assessment to show; while there is none, a page that says so instead."""

    @wraps(view)
    def shown(
        request: HttpRequest, /, *args: _Rest.args, **kwargs: _Rest.kwargs
    ) -> _Answer | HttpResponse:
        assessment = standing_of(request).assessment
        if assessment is None:
            return render(request, "policies/nothing_yet.html")
        return view(request, assessment, *args, **kwargs)

    return shown


def moment_of(request: HttpRequest) -> datetime | None:
    """The moment in the address, None for now; a day is meant to its end. All in UTC."""
    text: str = getattr(request, "as_of", "")
    if not text:
        return None
    try:
        # In a query `+` is a space.
        moment = parse_datetime(text.replace(" ", "+")) if len(text) > 10 else None
        day = parse_date(text)
    except ValueError:
        moment = day = None
    if moment is not None:
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if day is None:
        raise Http404(
            f"“{text}” is no moment: write a day such as 2026-03-31, or a time such as "
            "2026-03-31T14:00Z."
        )
    return datetime.combine(day, time.max, tzinfo=UTC)
