"""The page of the guardrails' parameters: what it refuses, previews and saves."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Organization
from accounts.services import start_crawl
from guardrails_portal.people.roles import Role
from policies import tasks
from policies.analysis.guardrail import Parameters
from policies.models import Assessment, ParametersChange
from policies.selectors.parameters import parameters_of
from policies.services import previewing
from policies.services.recording import record
from tests.factories import Scp, deny, organization
from tests.users import signed_in

pytestmark = pytest.mark.django_db
ALL = reverse("policies:all-parameters")
PAGE = reverse("policies:parameters", args=["o-example0001"])
NOW = {
    "security_role": "InfoSec*",
    "exempt_principals": "arn:*:iam::*:role/InfoSec*",
    "trail": "*",
    "organizations_scope": "all",
}
LEAVE = NOW | {"organizations_scope": "leave"}


@pytest.fixture
def posture() -> Assessment:
    """Of 60 accounts, all of which have leaving denied and nothing else."""
    accounts = {f"account-{number:02}": "Workloads" for number in range(60)}
    leaving = Scp("No leaving", deny("organizations:LeaveOrganization"))
    return record(start_crawl(), organization(accounts, [leaving]))


def posted(client: Client, given: dict[str, str], status: int = 200) -> str:
    response = client.post(PAGE, given)
    assert response.status_code == status
    return html.unescape(response.content.decode())


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
@pytest.mark.usefixtures("posture")
def test_administrators_alone_see_and_set_parameters(role: Role) -> None:
    client = signed_in(role)
    assert client.get(ALL).status_code == 403
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, LEAVE | {"save": "yes"}).status_code == 403
    assert ALL not in client.get(reverse("people:profile")).content.decode()


@pytest.mark.usefixtures("posture")
def test_with_one_organization_the_settings_lead_to_its_parameters(admin: Client) -> None:
    assert ALL in admin.get(reverse("people:profile")).content.decode()
    assert admin.get(ALL).headers["Location"] == PAGE
    found = admin.get(PAGE).content.decode()
    assert 'value="InfoSec*"' in found
    assert "arn:*:iam::*:role/InfoSec*</textarea>" in found


@pytest.mark.usefixtures("posture")
def test_with_two_there_is_a_choice_and_without_any_a_way_to_the_first(admin: Client) -> None:
    Organization.objects.create(aws_id="o-other00001", taken_at="2026-11-25T10:00Z")
    found = admin.get(ALL).content.decode()
    assert PAGE in found
    assert "o-other00001" in found
    Organization.objects.all().delete()
    assert reverse("accounts:connections") in admin.get(ALL).content.decode()
    assert admin.get(PAGE).status_code == 404


@pytest.mark.usefixtures("posture")
def test_what_a_change_would_do_is_shown_before_anything_is_saved(admin: Client) -> None:
    found = posted(admin, LEAVE)
    assert "60 verdicts would change" in found
    assert found.count("account-") == 50
    assert 'name="organizations_scope" value="leave"' in found
    assert not ParametersChange.objects.exists()
    found = posted(admin, LEAVE | {"page": "2"})
    assert found.count("account-") == 10
    assert "Page 2 of 2" in found


@pytest.mark.usefixtures("posture")
def test_turning_the_pages_of_a_preview_judges_nothing_again(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted(admin, LEAVE)

    def judge(*_: object) -> None:
        pytest.fail("it was judged again")

    monkeypatch.setattr(previewing, "preview_parameters", judge)
    posted(admin, LEAVE | {"page": "2"})
    with pytest.raises(pytest.fail.Exception):
        posted(admin, LEAVE | {"trail": "another"})


@pytest.mark.usefixtures("posture")
def test_a_change_that_no_verdict_notices_says_so(admin: Client) -> None:
    found = posted(admin, NOW | {"trail": "audit"})
    assert "No verdict would change" in found
    assert 'name="save"' in found


@pytest.mark.usefixtures("posture")
def test_what_is_in_force_already_can_not_be_saved(admin: Client) -> None:
    found = posted(admin, NOW)
    assert "These parameters are in force" in found
    assert 'name="save"' not in found
    admin.post(PAGE, NOW | {"save": "yes"})
    assert not ParametersChange.objects.exists()


def test_saving_sets_audits_and_asks_for_judging_again(
    admin: Client,
    posture: Assessment,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(tasks.reassess_organization, "delay", asked.append)
    with django_capture_on_commit_callbacks(execute=True):
        response = admin.post(PAGE, LEAVE | {"save": "yes"})
    assert response.headers["Location"] == PAGE
    assert parameters_of(posture.organization) == Parameters(organizations_scope="leave")
    assert asked == [posture.organization_id]
    entry = AuditEntry.objects.get(kind="parameters")
    assert (entry.actor, entry.after) == ("admin", {"organizations_scope": "leave"})


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"security_role": ""}, "This field is required."),
        ({"trail": "a:b"}, 'This must be a name, wildcards allowed, not "a:b".'),
        ({"exempt_principals": "InfoSec*"}, "This must be a list of ARN patterns such as"),
        ({"organizations_scope": "some"}, "Select a valid choice."),
    ],
)
@pytest.mark.usefixtures("posture")
def test_what_can_not_be_is_refused_with_a_sentence(
    admin: Client, given: dict[str, str], sentence: str
) -> None:
    found = posted(admin, LEAVE | {"save": "yes"} | given, 400)
    assert sentence in found
    assert not ParametersChange.objects.exists()


@pytest.mark.usefixtures("posture")
def test_several_exempt_principals_and_none_are_taken(admin: Client) -> None:
    two = "arn:*:iam::*:role/A*\r\n\r\n arn:*:iam::*:role/B*\r\n"
    admin.post(PAGE, NOW | {"exempt_principals": two, "save": "yes", "colon_paths": "on"})
    stored = parameters_of(Organization.objects.get())
    assert stored.exempt_principals == ("arn:*:iam::*:role/A*", "arn:*:iam::*:role/B*")
    assert stored.colon_paths
    admin.post(PAGE, NOW | {"exempt_principals": "", "save": "yes", "colon_paths": "False"})
    stored = parameters_of(Organization.objects.get())
    assert (stored.exempt_principals, stored.colon_paths) == ((), False)
