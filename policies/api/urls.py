from django.urls import URLPattern

from accounts.api.routing import route
from policies.api.accounts import AccountDetail, AccountList
from policies.api.assess import Assess
from policies.api.changes import ChangeList
from policies.api.coverage import CoverageList
from policies.api.crawls import CrawlDetail, CrawlList
from policies.api.guardrails import GuardrailDetail, GuardrailList
from policies.api.parameters import ParametersDetail
from policies.api.policies import PolicyDetail, PolicyList, PolicyVersionList
from policies.api.report_files import ReportContent, SchedulePreview
from policies.api.report_schedules import ScheduleDetail, ScheduleList, ScheduleSend
from policies.api.reports import DeliveryAgain, ReportDetail, ReportList
from policies.api.trend import TrendList
from policies.api.units import UnitDetail, UnitList
from policies.api.verdicts import VerdictList

urlpatterns: list[URLPattern] = [
    *route("units", UnitList.as_view(), "units"),
    *route("units/<aws_id:unit>", UnitDetail.as_view(), "unit"),
    *route("accounts", AccountList.as_view(), "accounts"),
    *route("accounts/<aws_id:account>", AccountDetail.as_view(), "account"),
    *route("policies", PolicyList.as_view(), "policies"),
    *route("policies/<aws_id:policy>", PolicyDetail.as_view(), "policy"),
    *route("policies/<aws_id:policy>/versions", PolicyVersionList.as_view(), "policy-versions"),
    *route("guardrails", GuardrailList.as_view(), "guardrails"),
    *route("guardrails/<slug:guardrail>", GuardrailDetail.as_view(), "guardrail"),
    *route("verdicts", VerdictList.as_view(), "verdicts"),
    *route("coverage", CoverageList.as_view(), "coverage"),
    *route("coverage/trend", TrendList.as_view(), "trend"),
    *route("changes", ChangeList.as_view(), "changes"),
    *route("crawls", CrawlList.as_view(), "crawls"),
    *route("crawls/<int:id>", CrawlDetail.as_view(), "crawl"),
    *route(
        "organizations/<aws_id:organization>/parameters", ParametersDetail.as_view(), "parameters"
    ),
    *route("reports", ReportList.as_view(), "reports"),
    *route("reports/<int:id>", ReportDetail.as_view(), "report"),
    *route("reports/<int:id>/content", ReportContent.as_view(), "report-content"),
    *route("deliveries/<uuid:id>/send", DeliveryAgain.as_view(), "delivery-send"),
    *route("report-schedules", ScheduleList.as_view(), "report-schedules"),
    *route("report-schedules/<int:id>", ScheduleDetail.as_view(), "report-schedule"),
    *route("report-schedules/<int:id>/preview", SchedulePreview.as_view(), "schedule-preview"),
    *route("report-schedules/<int:id>/send", ScheduleSend.as_view(), "schedule-send"),
    *route("assess", Assess.as_view(), "assess"),
]
