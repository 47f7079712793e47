"""The portal's addresses and one more: the smallest page that asks the database."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from accounts.models import Organization
from guardrails_portal import urls


@login_not_required
def one_query(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(Organization.objects.count()))


urlpatterns = [path("one-query/", one_query), *urls.urlpatterns]
