"""Organizations made to break who reads them: names and SCPs that AWS would hardly let be.

Each comes as a snapshot file does, is judged and stored, and is looked at by pages, files and
API: what cannot be read is refused by a sentence, and nothing else fails. For a long run,
`./portal test -k hostile --hypothesis-profile=fuzz`.
"""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.services import start_crawl
from accounts.snapshot_codec import SnapshotError, as_json, loads
from guardrails_portal.people.roles import Role
from policies.analysis.verdict import Status
from policies.services.recording import record
from tests.factories import NO_LOGIN_PROFILES, ROOT, TAKEN_AT, Scp, organization
from tests.users import signed_in

pytestmark = pytest.mark.django_db

BEFORE: Final = organization({"payments": "Workloads"}, [Scp("Before", NO_LOGIN_PROFILES)])
# At most as long as AWS lets them be. Source: Organizations API, CreateOrganizationalUnit.
NAMES: Final = st.sampled_from(
    [
        *(
            "",
            " ",
            "\0",
            "\ud800",
            "\u202e\u2066",
            "\u2028",
            "=cmd()",
            "\N{COMBINING ACUTE ACCENT}",
        ),
        *("a/b", "../..", "<script>", "{{ 7 }}", "%s %(x)s", "\\", "'\"", "x" * 128, "\t\r\n"),
    ]
) | st.text(max_size=12)
# What an SCP is made of, with what bears on the guardrails so that they are decided by it.
ACTIONS: Final = st.sampled_from(
    [
        *("*", "iam:*", "iam:CreateLoginProfile", "iam:*Role*", "IAM:deleterole", "s3:Put*"),
        *("cloudtrail:StopLogging", "organizations:*", "s3:?*?*?*", "", ":", "iam", "iam:", "*:*"),
        *("iam:\0", "iam:\ud800", "iam:" + "?*" * 400, "${aws:username}", "ı\u0307am:*", "ſ3:*"),
    ]
)
RESOURCES: Final = st.sampled_from(
    [
        *("*", "arn:aws:iam::*:role/InfoSec*", "arn:aws:iam::${aws:PrincipalAccount}:role/*", ""),
        *("arn:aws:s3:::\0", "arn:aws:iam::*:role/\ud800", "arn:*:*:*:*:*", "arn:aws:iam", "${"),
        *("${a:b, 'c'}", "${*}${?}${$}", "arn:aws:cloudtrail:*:*:trail/" + "*?" * 400),
    ]
)
OPERATORS: Final = st.sampled_from(
    [
        *("StringEquals", "StringNotLikeIfExists", "ArnNotLike", "ArnEquals", "Null", "Bool"),
        *("NumericLessThan", "DateGreaterThan", "IpAddress", "NotIpAddress", "BinaryEquals"),
        *("ForAllValues:StringLike", "ForAnyValue:StringNotEquals", "ForAllValues:", "stringlike"),
        *("StringLikeIfExistsIfExists", "", "\0"),
    ]
)
KEYS: Final = st.sampled_from(
    [
        *("aws:PrincipalArn", "aws:PrincipalTag/x", "aws:SourceIp", "s3:x-amz-acl", "aws:"),
        *("AWS:PRINCIPALORGID", "aws:PrincipalTag/\0", "aws:PrincipalTag/\ud800", "", "no:such"),
    ]
)
VALUES: Final = (
    RESOURCES
    | NAMES
    | st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from([10**400, "true", "2026-02-30", "1e400", "::/0", "0.0.0.0/33", "AA=", "-0"])
)


def one_or_many(one: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return one | st.lists(one, max_size=3)


STATEMENTS: Final = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Deny", "Deny", "Allow", "deny", "", None])},
    optional={
        "Sid": NAMES,
        "Action": one_or_many(ACTIONS),
        "NotAction": one_or_many(ACTIONS),
        "Resource": one_or_many(RESOURCES),
        "NotResource": one_or_many(RESOURCES),
        "Condition": st.dictionaries(
            OPERATORS, st.dictionaries(KEYS, one_or_many(VALUES), max_size=2), max_size=2
        ),
        "Principal": VALUES,
    },
)
SCPS: Final = st.fixed_dictionaries(
    {"Statement": one_or_many(STATEMENTS)},
    optional={"Version": st.sampled_from(["2012-10-17", "2008-10-17", "", 1]), "Id": VALUES},
).map(json.dumps) | st.text(max_size=40)
PAGES: Final = (
    "/organization/",
    "/organization/accounts/",
    "/organization/accounts.csv",
    "/organization/accounts.json",
    "/organization/accounts/100000000001/",
    "/organization/guardrails/prevent-login-profiles/",
    "/organization/units/",
    f"/organization/units/{ROOT}/",
    "/organization/scps/",
    "/organization/scps/p-scp00001/",
    "/organization/changes/?quiet=on",
    "/organization/search/?q=a",
    "/api/v1/verdicts",
    "/api/v1/verdicts?format=csv",
    "/api/v1/policies",
    "/api/v1/changes",
)
fuzzed = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    # Each is judged, stored and looked at in sixteen ways.
    max_examples=settings().max_examples // 8,
)


@pytest.fixture
def viewer() -> Client:
    record(start_crawl(), BEFORE)
    return signed_in(Role.VIEWER)


@given(account=NAMES, unit=NAMES, scp=NAMES, content=SCPS)
@example(account="a", unit="b", scp="c", content='{"Statement": [{"Sid": "\\ud800\\u0000"}]}')
@fuzzed
def test_an_organization_may_be_called_and_forbid_anything(
    viewer: Client, account: str, unit: str, scp: str, content: str
) -> None:
    file = as_json(BEFORE) | {"taken_at": "2026-11-24T10:00:00Z"}
    file["accounts"][0]["name"] = account
    file["units"][1]["name"] = unit
    file["policies"][1] |= {"name": scp, "content": content}
    try:
        snapshot = loads(json.dumps(file))
    except SnapshotError:
        return
    with transaction.atomic():
        assessment = record(start_crawl(), snapshot)
        assert assessment.taken_at > TAKEN_AT
        for page in PAGES:
            response = viewer.get(page)
            assert response.status_code == 200, page
            assert b"".join(response)
        found = viewer.get("/api/v1/verdicts?fields=status").json()["results"]
        assert {one["status"] for one in found} <= set(Status)
        transaction.set_rollback(True)
