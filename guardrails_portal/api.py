"""The address of the REST API: every resource, its schema, and what answers elsewhere."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

import accounts.api.urls
import policies.api.urls
from accounts.api.problems import NoSuchAddress
from accounts.api.routing import route
from guardrails_portal.middleware import CONTENT_SECURITY_POLICY

_swagger_ui = SpectacularSwaggerSplitView.as_view(
    template_name="api/docs.html", url_name="api:schema"
)


@login_required
def docs(request: HttpRequest) -> HttpResponseBase:
    """A page for people, who are led to the log-in where the API itself answers 401.

    Swagger UI's style sheet holds its icons as `data:` pictures, in which nothing can run.
    """
    response = _swagger_ui(request)
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(
        "img-src 'self'", "img-src 'self' data:"
    )
    return response


app_name = "api"

urlpatterns = [
    *accounts.api.urls.urlpatterns,
    *policies.api.urls.urlpatterns,
    *route("schema", SpectacularAPIView.as_view(), "schema"),
    *route("docs", docs, "docs"),
    path("", NoSuchAddress.as_view()),
    path("<path:_rest>", NoSuchAddress.as_view()),
]
