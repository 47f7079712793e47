"""Every address of the portal."""

from django.urls import include, path
from django.views.generic import RedirectView

from guardrails_portal import health, metrics, views

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="policies:overview"), name="home"),
    path("scheme/", views.scheme, name="scheme"),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path("", include("guardrails_portal.people.sign_in.urls")),
    path("", include("guardrails_portal.people.urls")),
    path("api/v1/", include("guardrails_portal.api")),
    path("", include("accounts.urls")),
    path("", include("policies.urls")),
]
