"""The address of the REST API: every resource, its schema, and what answers elsewhere."""

from __future__ import annotations

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

import accounts.api.urls
import policies.api.urls
from accounts.api.problems import NoSuchAddress
from accounts.api.routing import route

app_name = "api"

urlpatterns = [
    *accounts.api.urls.urlpatterns,
    *policies.api.urls.urlpatterns,
    *route("schema", SpectacularAPIView.as_view(), "schema"),
    path("", NoSuchAddress.as_view()),
    path("<path:_rest>", NoSuchAddress.as_view()),
]
