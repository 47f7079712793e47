from django.urls import URLPattern

from accounts.api.organizations import OrganizationDetail, OrganizationList
from accounts.api.routing import route

urlpatterns: list[URLPattern] = [
    *route("organizations", OrganizationList.as_view(), "organizations"),
    *route("organizations/<aws_id:organization>", OrganizationDetail.as_view(), "organization"),
]
