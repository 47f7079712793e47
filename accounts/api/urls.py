from django.urls import URLPattern

from accounts.api.audit import AuditDetail, AuditList
from accounts.api.connections import ConnectionDetail, ConnectionList, ConnectionTest
from accounts.api.organizations import OrganizationDetail, OrganizationList
from accounts.api.routing import route

urlpatterns: list[URLPattern] = [
    *route("organizations", OrganizationList.as_view(), "organizations"),
    *route("organizations/<aws_id:organization>", OrganizationDetail.as_view(), "organization"),
    *route("connections", ConnectionList.as_view(), "connections"),
    *route("connections/<int:id>", ConnectionDetail.as_view(), "connection"),
    *route("connections/<int:id>/test", ConnectionTest.as_view(), "connection-test"),
    *route("audit", AuditList.as_view(), "audit"),
    *route("audit/<int:id>", AuditDetail.as_view(), "audit-entry"),
]
