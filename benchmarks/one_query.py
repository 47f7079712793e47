"""The portal's addresses and two more: an answer of one query, bare and in the portal's frame."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from accounts.models import Organization
from guardrails_portal import urls

_FRAMED = '{% extends "base.html" %}{% block content %}{{ count }}{% endblock %}'


@login_not_required
def bare(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(Organization.objects.count()))


def framed(request: HttpRequest) -> HttpResponse:
    template = engines["django"].from_string(_FRAMED)
    return HttpResponse(template.render({"count": Organization.objects.count()}, request))


urlpatterns = [path("one-query/", bare), path("one-query/framed/", framed), *urls.urlpatterns]
