from django.urls import URLPattern, URLResolver, include, path

from policies.views import report_schedules
from policies.views.account import account
from policies.views.changes import change_page, changes_page
from policies.views.crawl import crawl, crawl_status, crawls
from policies.views.export import matrix_csv, matrix_json
from policies.views.guardrail import guardrail, reference_scp
from policies.views.matrix import heat_map, matrix
from policies.views.overview import overview
from policies.views.parameters import all_parameters, parameters
from policies.views.reassess import reassess
from policies.views.reports import again, download, report, reports
from policies.views.scps import scp, scps
from policies.views.search import search
from policies.views.unit import tree, unit

app_name = "policies"

_schedule = [
    path("", report_schedules.schedule, name="report-schedule"),
    path("change/", report_schedules.change_schedule, name="change-report-schedule"),
    path("send/", report_schedules.send_schedule, name="send-report"),
    path("delete/", report_schedules.remove_schedule, name="delete-report-schedule"),
    path("preview/<slug:format>/", report_schedules.preview_schedule, name="preview-report"),
]
_organization: list[URLPattern | URLResolver] = [
    path("", overview, name="overview"),
    path("accounts/", matrix, name="matrix"),
    path("accounts/heat-map/", heat_map, name="heat-map"),
    path("accounts.csv", matrix_csv, name="matrix-csv"),
    path("accounts.json", matrix_json, name="matrix-json"),
    path("accounts/<str:account_id>/", account, name="account"),
    path("guardrails/<slug:guardrail_id>/", guardrail, name="guardrail"),
    path("guardrails/<slug:guardrail_id>/<slug:form>/", reference_scp, name="reference-scp"),
    path("units/", tree, name="tree"),
    path("units/<str:unit_id>/", unit, name="unit"),
    path("scps/", scps, name="scps"),
    path("scps/<str:policy_id>/", scp, name="scp"),
    path("search/", search, name="search"),
    path("crawls/", crawls, name="crawls"),
    path("crawl/", crawl, name="crawl"),
    path("crawl/status/", crawl_status, name="crawl-status"),
    path("changes/", changes_page, name="changes"),
    path("changes/<int:pk>/", change_page, name="change"),
    path("reassess/", reassess, name="reassess"),
    path("reports/", reports, name="reports"),
    path("reports/<int:pk>/", report, name="report"),
    path("reports/<int:pk>/<slug:format>/", download, name="report-file"),
    path("deliveries/<uuid:pk>/again/", again, name="delivery-again"),
    path("report-schedules/new/", report_schedules.new_schedule, name="new-report-schedule"),
    path("report-schedules/<int:pk>/", include(_schedule)),
]
urlpatterns = [
    path("organization/", include(_organization)),
    path("parameters/", all_parameters, name="all-parameters"),
    path("parameters/<str:organization_id>/", parameters, name="parameters"),
]
