"""No page weighs more than 300 KB: the largest that names of AWS and lists of the portal make."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.services import start_crawl
from guardrails_portal.people.roles import Role
from policies.models import Cause, UnitVersion
from policies.selectors.heat_map import SINGLE
from policies.services.recording import record
from tests.factories import NO_LOGIN_PROFILES, ROOT, TAKEN_AT, Scp, deny, organization
from tests.users import signed_in

pytestmark = pytest.mark.django_db

MOST_BYTES = 300_000
# The longest that AWS admits, of characters of which HTML makes more.
ACCOUNT, UNIT, POLICY = 50, 128, 128
# Right in the root, and of these with one OU in another as deep as AWS admits.
TOPS, CHAINS, DEEP = 200, 60, 5


def long(kind: str, number: int, length: int) -> str:
    return f"{kind} & {number} ".ljust(length, "x")


@pytest.fixture
def long_names() -> None:
    """As much as lists and maps show of each, and more."""
    tops = [long("OU", top, UNIT) for top in range(TOPS)]
    paths = ["/".join([name] * (DEEP if n < CHAINS else 1)) for n, name in enumerate(tops)]
    names = {long("Account", n, ACCOUNT): paths[n % TOPS] for n in range(SINGLE - 1)}
    # As long as an SCP may be, in as many lines as that makes.
    text = deny(*(f"a:{n}" for n in range(1_100)))
    scps = [Scp(long("SCP", n, POLICY), NO_LOGIN_PROFILES, at=[paths[n]]) for n in range(40)]
    scps.append(Scp("Full", text, at=[paths[0]]))
    for day, now in enumerate((scps, scps[30:])):
        record(start_crawl(), organization(names, now, taken_at=TAKEN_AT + timedelta(days=day)))


@pytest.mark.usefixtures("long_names")
def test_no_page_weighs_more_than_it_may_with_the_longest_names() -> None:
    browser = signed_in(Role.OPERATOR)
    cause = Cause.objects.latest("changed")
    deepest = UnitVersion.objects.order_by("-path").first()
    assert deepest
    sizes = {}
    for address in (
        "",
        "?days=365",
        "accounts/",
        "accounts/?group=unit",
        "accounts/?guardrail=protect-cloudtrail&status=lacking",
        "accounts/heat-map/",
        "accounts/heat-map/?guardrail=protect-cloudtrail",
        "accounts/100000000001/",
        "guardrails/protect-cloudtrail/",
        "guardrails/prevent-login-profiles/",
        "units/",
        f"units/{ROOT}/",
        f"units/{deepest.aws_id}/",
        "scps/",
        "scps/p-FullAWSAccess/",
        "scps/p-scp00001/",
        "scps/p-scp00011/",
        "search/?q=x",
        "changes/",
        f"changes/?unit={ROOT}",
        f"changes/{cause.pk}/",
        "crawls/",
        "reports/",
        "report-schedules/new/",
    ):
        answer = browser.get(f"/organization/{address}")
        assert answer.status_code == 200, address
        sizes[address] = len(answer.content)
    assert {address: size for address, size in sizes.items() if size > MOST_BYTES} == {}
