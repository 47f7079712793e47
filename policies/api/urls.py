from django.urls import URLPattern

from accounts.api.routing import route
from policies.api.accounts import AccountDetail, AccountList
from policies.api.assess import Assess
from policies.api.changes import ChangeList
from policies.api.coverage import CoverageList
from policies.api.crawls import CrawlDetail, CrawlList
from policies.api.guardrails import GuardrailDetail, GuardrailList
from policies.api.policies import PolicyDetail, PolicyList, PolicyVersionList
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
    *route("assess", Assess.as_view(), "assess"),
]
