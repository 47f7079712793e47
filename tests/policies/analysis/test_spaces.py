"""Which principals and resources there can be: names, paths and lengths as AWS admits them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from policies.analysis.patterns import plain, union
from policies.analysis.spaces import (
    REGIONS,
    Kind,
    _named,
    account_ids,
    any_arns,
    any_tag_values,
    any_texts,
    identifiers,
    one_of,
    policies,
    principals,
    regional_arns,
    regions,
    resources,
    services,
    session_ids,
    source_identities,
    tag_values,
    texts,
)
from policies.analysis.walks import Space, Steps, shortest
from tests.policies.analysis.universe import ACCOUNT, SUBJECT

IAM = f"arn:aws:iam::{ACCOUNT}:"
TRAILS = f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/"


def holds(space: Space, text: str) -> bool:
    return shortest(space, [union((plain(text),))], [], Steps()) == text


def on(rest: str, *, colons: bool = False, service: str = "iam::${Account}") -> Space:
    return resources(f"arn:${{Partition}}:{service}:{rest}", SUBJECT, colons=colons)


@pytest.mark.parametrize("colons", [False, True])
def test_names_and_paths_are_of_the_characters_that_iam_admits(colons: bool) -> None:
    named = _named(colons=colons)
    for text in ("a", "Some_+=,.@-9", "a/b", "a/b/c", "!~/b", "a//b"):
        assert named.matches(text), text
    for text in ("", "a b", "a:b", "a/", "/", "a b/c", "é", "é/a", "a/é", "a/b:c"):
        assert not named.matches(text), text
    assert named.matches("a:b/c") is colons


@pytest.mark.parametrize("colons", [False, True])
def test_resources_and_principals_of_iam_are_named_alike(colons: bool) -> None:
    for space in (on("user/*", colons=colons), principals(Kind.USER, SUBJECT, colons=colons)):
        longest = f"{IAM}user/{'p' * 510}/{'n' * 64}"
        assert holds(space, longest)
        assert not holds(space, f"{longest}n")
        assert not holds(space, longest.replace("p/", "pp/"))
        assert holds(space, f"{IAM}user/a:b/alice") is colons


def test_a_role_is_one_of_the_pattern_whatever_its_path() -> None:
    space = on("role/sec/Info?ec*Team*")
    assert space.prefix == f"{IAM}role/"
    assert space.examples == (f"{IAM}role/sec/InfoxecAuditTeam",)
    assert holds(space, f"{IAM}role/sec/InfoSecTeam")
    assert holds(space, f"{IAM}role/sec/InfoSec/of/Team")
    assert not holds(space, f"{IAM}role/InfoSecTeam")


def test_where_the_pattern_is_everything_the_example_has_a_name_that_people_have() -> None:
    assert on("user/*").examples == (f"{IAM}user/alice",)
    assert on("user/ops/*").examples == (f"{IAM}user/ops/alice",)


def test_a_bucket_has_a_name() -> None:
    space = on("*", service="s3::")
    assert holds(space, "arn:aws:s3:::b")
    for name in ("", "/", "/b", "b/", "é"):
        assert not holds(space, f"arn:aws:s3:::{name}")


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("abc", True),
        ("a.b-c_9", True),
        ("ab", False),
        ("ab-", False),
        (".ab", False),
        ("a/bc", False),
        ("a" * 128, True),
        ("a" * 129, False),
    ],
)
def test_a_trail_has_a_name_that_cloudtrail_admits(name: str, there: bool) -> None:
    space = on("trail/*", service="cloudtrail:${Region}:${Account}")
    assert holds(space, TRAILS + name) is there
    assert not holds(space, TRAILS.replace("eu-west-1", "west") + name)


def test_a_trail_is_shown_in_the_regions_that_are_known_by_a_name_that_people_give() -> None:
    template = "arn:${Partition}:cloudtrail:${Region}:${Account}:trail/"
    known = resources(f"{template}a?*b*", SUBJECT, colons=False).examples
    assert known[0] == f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/axmanagement-eventsb"
    elsewhere = replace(SUBJECT, partition="aws-elsewhere")
    assert resources(f"{template}*", elsewhere, colons=False).examples == ()
    assert regions("aws-elsewhere").examples == ()


def of(kind: Kind) -> Space:
    return principals(kind, SUBJECT, colons=False)


def in_organizations(rest: str, owner: str = "${ManagementAccount}") -> Space:
    return on(rest, service=f"organizations::{owner}")


ORGANIZATIONS = "arn:aws:organizations::111111111111:"
SESSION = f"arn:aws:sts::{ACCOUNT}:federated-user/"
VPC = f"{ACCOUNT}:vpc/vpc-"
FUNCTION = f"{ACCOUNT}:function:"
EC2, LAMBDA = "arn:aws:ec2:", "arn:aws:lambda:"
# A space, its first example, texts that it has and texts that look alike and are none of it.
SPACES: list[tuple[Callable[[], Space], str, list[str], list[str]]] = [
    (lambda: of(Kind.ROOT), f"{IAM}root", [], [f"{IAM}rooty", f"{IAM}roo", f"{IAM}user/root"]),
    (
        lambda: of(Kind.FEDERATED_USER),
        f"{SESSION}alice",
        [f"{SESSION}ab", f"{SESSION}{'n' * 32}"],
        [SESSION, f"{SESSION}a", f"{SESSION}{'n' * 33}", f"{SESSION}a/bc", f"{SESSION}/ab"],
    ),
    (
        lambda: of(Kind.ROLE),
        f"{IAM}role/Developer",
        [f"{IAM}role/a", f"{IAM}role/{'p' * 510}/{'n' * 64}"],
        [f"{IAM}role/", f"{IAM}role/{'p' * 510}/{'n' * 65}", f"{IAM}user/a", f"{IAM}role/a:b/c"],
    ),
    (
        lambda: regions("aws-cn"),
        "cn-north-1",
        ["us-gov-west-1", "abc-d-0"],
        [
            "",
            "us-1",
            "a-b-1",
            "us-east-",
            "us-east-a",
            "us-gov-west-a",
            "1s-east-1",
            "us-east-11",
            "US-east-1",
            "us-a-b-cd-1",
            "us-east1",
        ],
    ),
    (
        lambda: in_organizations("account/${OrganizationId}/*"),
        f"{ORGANIZATIONS}account/o-exampleorg1/{ACCOUNT}",
        [f"{ORGANIZATIONS}account/o-exampleorg1/a"],
        [f"{ORGANIZATIONS}account/o-exampleorg1/", f"{ORGANIZATIONS}account/o-other/{ACCOUNT}"],
    ),
    (
        lambda: in_organizations("policy/${OrganizationId}/*/p-*"),
        f"{ORGANIZATIONS}policy/o-exampleorg1/service_control_policy/p-examplepolicy1",
        [f"{ORGANIZATIONS}policy/o-exampleorg1/tag_policy/p-.-_"],
        [
            f"{ORGANIZATIONS}policy/o-exampleorg1/tag_policy/p-",
            f"{ORGANIZATIONS}policy/o-exampleorg1//p-a",
            f"{ORGANIZATIONS}policy/o-exampleorg1/tag:policy/p-a",
            ORGANIZATIONS.replace("1:", "2:") + "policy/o-exampleorg1/tag_policy/p-a",
        ],
    ),
    (
        lambda: in_organizations("handshake/o-*/*/h-*", owner="*"),
        ("arn:aws:organizations::999999999999:handshake/o-anotherorg1/invite/h-examplehandshake1"),
        [f"{ORGANIZATIONS}handshake/o-a/b-._/h-c"],
        [
            f"{ORGANIZATIONS}handshake/o-a/b/h-",
            f"{ORGANIZATIONS}handshake/o-/b/h-c",
            f"{ORGANIZATIONS}handshake/o-a/b/h-\u00e9",
            f"{ORGANIZATIONS}handshake/o-a/X X/h-c",
            ORGANIZATIONS.replace("1:", ":") + "handshake/o-a/b/h-c",
            ORGANIZATIONS.replace("1:", "11:") + "handshake/o-a/b/h-c",
            ORGANIZATIONS.replace("1:", "a:") + "handshake/o-a/b/h-c",
        ],
    ),
    (lambda: one_of("a", "bc"), "a", ["bc"], ["", "b", "abc"]),
    (texts, "example", [" ", "!~"], ["", "\u00e9", "\n"]),
    (any_texts, "example", ["", "\u00e9", "\n"], []),
    (tag_values, "example", ["a b", "_.:/=+-@", "\u00e9", "\u0416"], ["", "a$", "a*"]),
    (any_tag_values, "example", ["", "a b", "\u0416"], ["a$", "$"]),
    (
        source_identities,
        "alice",
        ["ab", "_+=,.@-9", "n" * 64],
        ["", "a", "n" * 65, "a/bc", "/ab", "a b", " ab"],
    ),
    (
        any_arns,
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        ["arn:aws-cn:s3:::b", "arn:aws:a-1:b!:c:d:e", "arn:aws:iam::::", "arn:aws:X:::x"],
        [
            "arn:aws:iam:::",
            "arn:aws::::x",
            "arn:aws:iam::a",
            "arn:AWS:iam:::x",
            "arn:aws:a.b:::x",
            "arn:aws.:iam:::x",
            "arn:aws:iam:\u00e9::x",
            "arn:aws:iam:::\u00e9",
            "arn:awsXiamXXXx",
        ],
    ),
    (
        lambda: policies(SUBJECT),
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        ["arn:aws:iam::aws:policy/job-function/Billing", f"{IAM}policy/_+=,.@-9"],
        ["arn:aws:iam::aws:policy/", "arn:aws:iam::333333333333:policy/a", f"{IAM}policy/a b"],
    ),
    (
        lambda: regional_arns(SUBJECT, "ec2", "vpc/vpc-0a1b"),
        f"{EC2}us-east-1:{VPC}0a1b",
        [f"{EC2}sa-west-1:{VPC}-_9"],
        [f"{EC2}us-east-1:{VPC}", f"{EC2}us-east-9:{VPC}1", f"{EC2}us-east-1:{VPC}a@b"],
    ),
    (
        lambda: regional_arns(SUBJECT, "lambda", "function:my-example"),
        f"{LAMBDA}us-east-1:{FUNCTION}my-example",
        [f"{LAMBDA}eu-west-1:{FUNCTION}a-b", f"{LAMBDA}eu-west-1:{FUNCTION}X"],
        [f"{LAMBDA}eu-west-1:{FUNCTION}", f"{LAMBDA}eu-west-1:{FUNCTION}a:1"],
    ),
    (
        services,
        "cloudformation.amazonaws.com",
        ["athena.amazonaws.com", "s3-a.amazonaws.com"],
        [".amazonaws.com", "S3.amazonaws.com", "a.b.amazonaws.com", "s3.amazonaws.com.cn"],
    ),
    (
        account_ids,
        "999999999999",
        ["0" * 12],
        ["0" * 11, "0" * 13, "a" * 12],
    ),
    (
        lambda: identifiers("AIDA", frozenset("AB"), "AIDAA"),
        "AIDAA",
        ["AIDABAB"],
        ["AIDA", "AIDAC", "A"],
    ),
    (
        session_ids,
        "AROAEXAMPLEROLE12345X:alice",
        ["AROAX:ab", "AROA9:_+=,.@-"],
        ["AROAX:a", "AROA:ab", "aroax:ab", "AROAX", "AROAX:a b", "AROAX: ab", "AROAx:ab"],
    ),
]


@pytest.mark.parametrize(("space", "example", "there", "not_there"), SPACES)
def test_a_space_has_what_aws_admits_and_nothing_else(
    space: Callable[[], Space], example: str, there: list[str], not_there: list[str]
) -> None:
    found = space()
    assert shortest(found, [], [], Steps()) == found.examples[0] == example
    for text in (*found.examples, *there):
        assert text.startswith(found.prefix)
        assert found.tail.matches(text.removeprefix(found.prefix)), text
        assert holds(found, text), text
    assert [text for text in not_there if holds(found, text)] == []


def test_who_are_shown_first_are_people_and_roles_that_many_accounts_have() -> None:
    assert of(Kind.USER).examples == (f"{IAM}user/alice", f"{IAM}user/build")
    assert [one.removeprefix(f"{IAM}role/") for one in of(Kind.ROLE).examples] == [
        "Developer",
        "OrganizationAccountAccessRole",
        "Admin",
        "aws-reserved/sso.amazonaws.com/AWSReservedSSO_AdministratorAccess_0123456789abcdef",
        (
            "aws-reserved/sso.amazonaws.com/eu-west-1/"
            "AWSReservedSSO_AdministratorAccess_0123456789abcdef"
        ),
    ]


def test_what_has_but_a_few_texts_is_not_walked() -> None:
    found = [space() for space, *_ in SPACES]
    assert [one for one in found if one.complete] == [of(Kind.ROOT), one_of("a", "bc")]


@pytest.mark.parametrize("partition", REGIONS)
def test_the_regions_that_exist_are_shown_first(partition: str) -> None:
    assert regions(partition).examples == REGIONS[partition]
    there = replace(SUBJECT, partition=partition)
    first = regional_arns(there, "ec2", "vpc/vpc-1").examples[0]
    assert first == f"arn:{partition}:ec2:{REGIONS[partition][0]}:{VPC}1"
