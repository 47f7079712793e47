from django.urls import path

from policies.views.account import account
from policies.views.changes import change_page, changes_page
from policies.views.crawl import crawl, crawl_status, crawls
from policies.views.export import matrix_csv, matrix_json
from policies.views.guardrail import guardrail, reference_scp
from policies.views.matrix import heat_map, matrix
from policies.views.overview import overview
from policies.views.parameters import all_parameters, parameters
from policies.views.reassess import reassess
from policies.views.report_schedules import (
    change_schedule,
    new_schedule,
    preview_schedule,
    remove_schedule,
    schedule,
    send_schedule,
)
from policies.views.reports import again, download, report, reports
from policies.views.scps import scp, scps
from policies.views.search import search
from policies.views.unit import tree, unit

app_name = "policies"

urlpatterns = [
    path("organization/", overview, name="overview"),
    path("organization/accounts/", matrix, name="matrix"),
    path("organization/accounts/heat-map/", heat_map, name="heat-map"),
    path("organization/accounts.csv", matrix_csv, name="matrix-csv"),
    path("organization/accounts.json", matrix_json, name="matrix-json"),
    path("organization/accounts/<str:account_id>/", account, name="account"),
    path("organization/guardrails/<slug:guardrail_id>/", guardrail, name="guardrail"),
    path(
        "organization/guardrails/<slug:guardrail_id>/<slug:form>/",
        reference_scp,
        name="reference-scp",
    ),
    path("organization/units/", tree, name="tree"),
    path("organization/units/<str:unit_id>/", unit, name="unit"),
    path("organization/scps/", scps, name="scps"),
    path("organization/scps/<str:policy_id>/", scp, name="scp"),
    path("organization/search/", search, name="search"),
    path("organization/crawls/", crawls, name="crawls"),
    path("organization/changes/", changes_page, name="changes"),
    path("organization/changes/<int:pk>/", change_page, name="change"),
    path("organization/reassess/", reassess, name="reassess"),
    path("parameters/", all_parameters, name="all-parameters"),
    path("parameters/<str:organization_id>/", parameters, name="parameters"),
    path("organization/crawl/", crawl, name="crawl"),
    path("organization/crawl/status/", crawl_status, name="crawl-status"),
    path("organization/reports/", reports, name="reports"),
    path("organization/reports/<int:pk>/", report, name="report"),
    path("organization/reports/<int:pk>/<slug:format>/", download, name="report-file"),
    path("organization/deliveries/<uuid:pk>/again/", again, name="delivery-again"),
    path("organization/report-schedules/new/", new_schedule, name="new-report-schedule"),
    path("organization/report-schedules/<int:pk>/", schedule, name="report-schedule"),
    path(
        "organization/report-schedules/<int:pk>/change/",
        change_schedule,
        name="change-report-schedule",
    ),
    path("organization/report-schedules/<int:pk>/send/", send_schedule, name="send-report"),
    path(
        "organization/report-schedules/<int:pk>/delete/",
        remove_schedule,
        name="delete-report-schedule",
    ),
    path(
        "organization/report-schedules/<int:pk>/preview/<slug:format>/",
        preview_schedule,
        name="preview-report",
    ),
]
