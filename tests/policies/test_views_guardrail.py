"""A guardrail's page: an SCP that enforces it in four forms, and who lacks it for which reason."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest
from django.test import Client
from django.utils.html import escape

from accounts.services import start_crawl
from accounts.snapshot import AccountState, OrganizationSnapshot
from policies.analysis.guardrail import Parameters
from policies.services.recording import record
from tests.factories import ROOT, Scp, deny, organization
from tests.users import page as markup

pytestmark = pytest.mark.django_db

PAGE = "/organization/guardrails/protect-cloudtrail/"
FOR_ALL_BUT = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/BreakGlass"}}
FOUR = [f"cloudtrail:{name}" for name in ("StopLogging", "DeleteTrail", "PutEventSelectors")]
FOUR.append("cloudtrail:UpdateTrail")


@pytest.fixture
def example() -> OrganizationSnapshot:
    names = {"payments": "Shop", "orders": "Shop", "lab": "Lab", "old": "Lab", "safe": "Safe"}
    snapshot = organization(
        names,
        [
            Scp("But <b>one</b>", deny(*FOUR, Condition=FOR_ALL_BUT), at=["Shop"]),
            Scp("All", deny(*FOUR), at=["Safe"]),
        ],
        states={"old": AccountState.SUSPENDED},
    )
    record(start_crawl(), snapshot)
    return snapshot


def file(operator: Client, form: str, page: str = PAGE) -> str:
    return operator.get(f"{page}{form}/").content.decode()


def page(operator: Client, address: str, status: int = 200) -> str:
    """Its text, lines and indents as single blanks."""
    return " ".join(markup(operator, address, status).split())


@pytest.mark.usefixtures("example")
def test_accounts_that_lack_it_alike_stand_together(operator: Client) -> None:
    text = page(operator, PAGE)
    assert "3 of 4 accounts lack it" in text
    counts = re.findall(r'reason=(3-[0-9a-f]{10})[^"]*">(\d+ accounts?)<', text)
    assert [count for _, count in counts] == ["2 accounts", "1 account"]
    assert "role/BreakGlass" in text
    assert escape("But <b>one</b>") in text
    rows = page(
        operator, f"/organization/accounts/?guardrail=protect-cloudtrail&reason={counts[0][0]}"
    )
    assert "payments" in rows
    assert "orders" in rows
    assert "lab" not in re.findall(r">(lab|safe)<", rows)


@pytest.mark.usefixtures("example")
def test_a_reason_of_another_guardrail_narrows_nothing_and_nonsense_is_named(
    operator: Client,
) -> None:
    rows = page(
        operator, "/organization/accounts/?guardrail=protect-cloudtrail&reason=2-0123456789"
    )
    assert ">payments<" in rows
    assert "for one reason" not in rows
    wrong = page(operator, "/organization/accounts/?reason=because", status=400)
    assert "This is no reason" in wrong


def test_parameters_and_reference_scp_are_those_of_the_organization(operator: Client) -> None:
    parameters = Parameters(trail="security-*", exempt_principals=("arn:*:iam::*:role/Audit",))
    record(start_crawl(), organization(), parameters)
    text = page(operator, PAGE)
    assert "<code>security-*</code>" in text
    assert ":trail/security-*" in page(operator, f"{PAGE}json/")
    infosec = "/organization/guardrails/protect-infosec-roles/json/"
    assert "arn:aws:iam::*:role/Audit" in page(operator, infosec)


@pytest.mark.usefixtures("example")
def test_every_form_holds_the_same_scp(operator: Client) -> None:
    scp = json.loads(file(operator, "json"))
    stack = json.loads(file(operator, "cloudformation"))
    (resource,) = stack["Resources"].values()
    assert resource["Properties"]["Content"] == scp
    assert resource["Properties"]["TargetIds"] == [ROOT]
    terraform = file(operator, "terraform")
    heredoc = terraform.split("<<-JSON\n")[1].split("\n  JSON\n")[0]
    assert json.loads(heredoc.replace("$${", "${")) == scp
    assert "${" not in heredoc.replace("$${", "")


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize("guardrail", ["protect-cloudtrail", "protect-infosec-roles"])
def test_a_shell_gives_the_cli_the_scp_letter_by_letter(operator: Client, guardrail: str) -> None:
    address = f"/organization/guardrails/{guardrail}/"
    script = file(operator, "cli", address)
    # In place of the AWS CLI: each argument on a line, to standard error.
    fake = 'aws() { printf "%s\\n" "$@" >&2; echo p-made; }\n'
    shell = shutil.which("sh") or "sh"
    done = subprocess.run([shell, "-c", fake + script], capture_output=True, text=True, check=True)
    said = done.stderr.split("\n")
    assert json.loads(said[said.index("--content") + 1]) == json.loads(
        file(operator, "json", address)
    )
    assert said[said.index("--policy-id") + 1] == "p-made"
    assert said[said.index("--target-id") + 1] == ROOT


@pytest.mark.usefixtures("example")
def test_a_form_comes_as_a_file_and_what_is_unknown_is_said(operator: Client) -> None:
    response = operator.get(f"{PAGE}terraform/")
    assert response["Content-Disposition"] == 'attachment; filename="protect-cloudtrail.tf"'
    assert "no guardrail no-such" in page(operator, "/organization/guardrails/no-such/", 404)
    assert "pulumi" in page(operator, f"{PAGE}pulumi/", 404)


def test_before_the_first_crawl_it_says_what_to_do(operator: Client) -> None:
    assert "No crawl yet" in page(operator, PAGE)
    assert "No crawl yet" in page(operator, f"{PAGE}json/")


def test_reasons_name_ous_as_people_know_them(
    operator: Client, example: OrganizationSnapshot
) -> None:
    ids = [unit.id for unit in example.units]
    matrix = operator.get("/organization/accounts/?guardrail=protect-cloudtrail&status=enforced")
    (enforced,) = re.findall(r'class="reason">(.*?)</span>', matrix.content.decode())
    assert " at Safe" in enforced
    page = operator.get(PAGE).content.decode()
    (lacking,) = re.findall(r'class="reasons">(.*?)</ul>', page, re.DOTALL)
    assert " at Shop" in lacking
    assert not any(one in enforced + lacking for one in ids)


def test_a_reason_that_names_its_account_speaks_of_any(operator: Client) -> None:
    barely = Scp("Barely", deny(*FOUR, Condition=FOR_ALL_BUT), at=["payments", "orders"])
    record(start_crawl(), organization({"payments": "Shop", "orders": "Shop"}, [barely]))
    (lacking,) = re.findall(r'class="reasons">(.*?)</ul>', page(operator, PAGE))
    assert ">2 accounts<" in lacking
    assert escape(" at <account id> ") in lacking
