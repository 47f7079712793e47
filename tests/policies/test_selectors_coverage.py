"""Coverage: how many of the active member accounts have each guardrail."""

from __future__ import annotations

import pytest
from django.template import Context, Template

from accounts.services import start_crawl
from accounts.snapshot import AccountState
from policies import catalogue
from policies.models import Assessment
from policies.selectors.coverage import Coverage, coverage
from policies.services.recording import record
from tests.factories import NO_LOGIN_PROFILES, Scp, organization

pytestmark = pytest.mark.django_db

LOGIN = "prevent-login-profiles"


def assessed() -> Assessment:
    snapshot = organization(
        {"a": "In", "b": "In", "c": "Out", "closed": "In"},
        [Scp("No logins", NO_LOGIN_PROFILES, at=["In"])],
        states={"closed": AccountState.CLOSED},
    )
    return record(start_crawl(), snapshot)


def of_login(assessment: Assessment) -> Coverage:
    return next(one for one in coverage(assessment) if one.guardrail.id == LOGIN)


def test_coverage_is_enforced_over_active_members() -> None:
    login = of_login(assessed())
    assert (login.enforced, login.lacking, login.counted) == (2, 1, 3)
    assert login.percent == 66, "rounded down: 100 means every account"


def test_every_guardrail_of_the_catalogue_has_its_coverage() -> None:
    assert [one.guardrail.id for one in coverage(assessed())] == list(catalogue.GUARDRAIL_IDS)


def test_an_organization_without_members_has_no_coverage() -> None:
    snapshot = organization({"closed": "In"}, states={"closed": AccountState.CLOSED})
    login = of_login(record(start_crawl(), snapshot))
    assert (login.counted, login.percent) == (0, 0)


def test_the_bar_is_as_long_as_its_parts() -> None:
    template = Template("{% load charts %}{% stacked_bar one %}")
    bar = template.render(Context({"one": of_login(assessed())}))
    assert 'class="fill-enforced" x="0.000" width="66.667"' in bar
    assert 'class="fill-missing" x="66.667" width="33.333"' in bar
    assert "not_applicable" not in bar
