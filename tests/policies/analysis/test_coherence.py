"""Values that the search chooses apart, and that no request carries together."""

from __future__ import annotations

import pytest

from policies.analysis.coherence import fitted, incoherent
from policies.analysis.search import Model

VPC = "arn:aws:ec2:eu-west-1:222222222222:vpc/"
TIME = "2026-03-01T12:00:00Z"
FIT: list[dict[str, str]] = [
    {},
    {"aws:CalledVia": "a b", "aws:CalledViaFirst": "a", "aws:CalledViaLast": "b"},
    {"aws:CalledVia": "a", "aws:CalledViaFirst": "a", "aws:CalledViaLast": "a"},
    {"aws:CalledViaFirst": "a", "aws:CalledViaLast": "b"},
    {"aws:SourceVpc": "vpc-1", "aws:SourceVpcArn": f"{VPC}vpc-1"},
    {"aws:SourceVpcArn": f"{VPC}vpc-1"},
    {"aws:ResourceOrgID": "o-1", "aws:ResourceOrgPaths": "o-1/r-1/ o-1/r-1/ou-1/"},
    {"aws:VpceOrgID": "o-1", "aws:VpceOrgPaths": "o-1/r-1/"},
    {"aws:CurrentTime": TIME},
    {"aws:TokenIssueTime": TIME, "aws:CurrentTime": TIME},
    {"aws:TokenIssueTime": "2026-03-01T00:00:00Z", "aws:CurrentTime": TIME},
    {"aws:SecureTransport": "true", "s3:TlsVersion": "1.2"},
    {"aws:SecureTransport": "false"},
    # One of two alone, beside what hangs on another key.
    {"aws:SourceVpc": "vpc-1", "aws:CurrentTime": TIME},
    {"aws:ResourceOrgID": "o-1", "aws:CurrentTime": TIME},
]
UNFIT: list[tuple[dict[str, str], str]] = [
    (
        {"aws:CalledVia": "a b", "aws:CalledViaFirst": "c"},
        "`aws:CalledVia` and `aws:CalledViaFirst`",
    ),
    ({"aws:CalledVia": "a b", "aws:CalledViaLast": "c"}, "`aws:CalledVia` and `aws:CalledViaLast`"),
    (
        {"aws:CalledVia": "a", "aws:CalledViaFirst": "a", "aws:CalledViaLast": "b"},
        "`aws:CalledVia` and `aws:CalledViaFirst` and `aws:CalledViaLast`",
    ),
    (
        {"aws:SourceVpc": "vpc-1", "aws:SourceVpcArn": f"{VPC}vpc-11"},
        "`aws:SourceVpc` and `aws:SourceVpcArn`",
    ),
    (
        {"aws:ResourceOrgID": "o-1", "aws:ResourceOrgPaths": "o-1/r-1/ o-11/r-1/"},
        "`aws:ResourceOrgID` and `aws:ResourceOrgPaths`",
    ),
    (
        {"aws:VpceOrgID": "o-1", "aws:VpceOrgPaths": "o-2/r-1/"},
        "`aws:VpceOrgID` and `aws:VpceOrgPaths`",
    ),
    (
        {"aws:TokenIssueTime": "2026-02-28T23:59:59Z", "aws:CurrentTime": TIME},
        "`aws:TokenIssueTime` and `aws:CurrentTime`",
    ),
    (
        {"aws:TokenIssueTime": "2026-03-01T12:00:01Z", "aws:CurrentTime": TIME},
        "`aws:TokenIssueTime` and `aws:CurrentTime`",
    ),
    (
        {"aws:SecureTransport": "false", "s3:TlsVersion": "1.2"},
        "`aws:SecureTransport` and `s3:TlsVersion`",
    ),
]


def said(context: dict[str, str]) -> list[str]:
    carried = {"aws:PrincipalType": "AssumedRole", **context}
    return list(incoherent({key: tuple(text.split()) for key, text in carried.items()}))


@pytest.mark.parametrize("context", FIT)
def test_values_that_fit_are_not_doubted(context: dict[str, str]) -> None:
    assert said(context) == []


@pytest.mark.parametrize(("context", "keys"), UNFIT)
def test_values_that_do_not_fit_are_named_by_their_keys(context: dict[str, str], keys: str) -> None:
    (clause,) = said(context)
    assert f" {keys} " in clause


@pytest.mark.parametrize("context", [context for context, _ in UNFIT[:-1]])
def test_they_are_made_to_fit(context: dict[str, str]) -> None:
    model: Model = {key.lower(): tuple(text.split()) for key, text in context.items()}
    made = fitted(model)
    assert made.keys() == model.keys()
    assert said({key: " ".join(made[key.lower()]) for key in context}) == []


@pytest.mark.parametrize(
    ("keys", "id", "text", "made"),
    [
        (("aws:sourcevpc", "aws:sourcevpcarn"), "vpc-2", f"{VPC}vpc-1", f"{VPC}vpc-2"),
        (("aws:vpceorgid", "aws:vpceorgpaths"), "o-2", "o-1/r-1/ou-1/", "o-2/r-1/ou-1/"),
    ],
)
def test_of_an_arn_or_a_path_nothing_is_changed_but_the_id(
    keys: tuple[str, str], id: str, text: str, made: str
) -> None:
    model: Model = dict(zip(keys, ((id,), (text,)), strict=True))
    assert fitted(model) == dict(zip(keys, ((id,), (made,)), strict=True))


def test_whose_session_it_is_tells_how_old_it_can_be() -> None:
    a_day = {"aws:TokenIssueTime": "2026-02-28T12:00:00Z", "aws:CurrentTime": TIME}
    assert said({**a_day, "aws:PrincipalType": "FederatedUser"}) == []
    assert len(said({**a_day, "aws:PrincipalType": "Account"})) == 1


def test_what_stands_alone_stays_as_it_is() -> None:
    model: Model = {"aws:sourcevpcarn": (f"{VPC}vpc-1",), "aws:tokenissuetime": (TIME,)}
    assert fitted(model) == model
