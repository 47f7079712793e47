"""What each variable of a request can be, by who asks for what."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from policies.analysis.keys import KEYS, KeyType, Presence, is_of_principal
from policies.analysis.scene import RESOURCE, Domain, Scene
from policies.analysis.spaces import (
    UPPER,
    Kind,
    account_ids,
    any_arns,
    any_tag_values,
    any_texts,
    identifiers,
    one_of,
    principals,
    regions,
    resources,
    session_ids,
    texts,
)
from tests.policies.analysis.universe import ACCOUNT, SUBJECT

ALWAYS, SOMETIMES, NEVER = Presence.ALWAYS, Presence.SOMETIMES, Presence.NEVER
ROLE = "arn:${Partition}:iam::${Account}:role/InfoSec*"
TRAIL = "arn:${Partition}:cloudtrail:${Region}:${Account}:trail/*"
UNIT = "arn:${Partition}:organizations::${ManagementAccount}:ou/${OrganizationId}/*"
HANDSHAKE = "arn:${Partition}:organizations::*:handshake/*"


def scene(
    kind: Kind = Kind.ROLE,
    service: str = "iam",
    template: str | None = ROLE,
    *,
    colons: bool = False,
    partition: str = "aws",
) -> Scene:
    return Scene(service, template, kind, replace(SUBJECT, partition=partition), colons)


@pytest.mark.parametrize("colons", [False, True])
def test_a_resource_is_of_its_template_and_else_a_star(colons: bool) -> None:
    space = resources(TRAIL, SUBJECT, colons=colons)
    found = scene(service="cloudtrail", template=TRAIL, colons=colons).domain(RESOURCE)
    assert found == Domain(ALWAYS, type=KeyType.ARN, space=space)
    assert scene(template=None).domain(RESOURCE) == Domain(ALWAYS, fixed=("*",))


@pytest.mark.parametrize("colons", [False, True])
@pytest.mark.parametrize("kind", Kind)
def test_a_principal_is_of_its_kind(kind: Kind, colons: bool) -> None:
    found = scene(kind, colons=colons).domain
    space = principals(kind, SUBJECT, colons=colons)
    assert found("aws:principalarn") == Domain(ALWAYS, type=KeyType.ARN, space=space)
    assert found("aws:principaltype") == Domain(ALWAYS, fixed=(kind.value,))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Kind.ROOT, Domain(ALWAYS, fixed=(ACCOUNT,))),
        (Kind.USER, Domain(ALWAYS, space=identifiers("AIDA", UPPER, "AIDAEXAMPLEUSER12345X"))),
        (Kind.ROLE, Domain(ALWAYS, space=session_ids())),
        (Kind.FEDERATED_USER, Domain(ALWAYS, space=texts())),
    ],
)
def test_each_kind_of_principal_has_ids_of_its_own(kind: Kind, expected: Domain) -> None:
    assert scene(kind).domain("aws:userid") == expected


@pytest.mark.parametrize("kind", Kind)
def test_only_users_have_a_user_name(kind: Kind) -> None:
    presence = ALWAYS if kind is Kind.USER else NEVER
    assert scene(kind).domain("aws:username") == Domain(presence, space=texts())


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("aws:principalaccount", Domain(ALWAYS, fixed=(ACCOUNT,))),
        ("aws:principalorgid", Domain(ALWAYS, fixed=("o-exampleorg1",))),
        (
            "aws:principalorgpaths",
            Domain(ALWAYS, multivalued=True, fixed=(SUBJECT.organization_path,)),
        ),
        ("aws:principalisawsservice", Domain(ALWAYS, type=KeyType.BOOL, fixed=("false",))),
        ("aws:principalservicename", Domain(NEVER, space=any_texts())),
    ],
)
def test_an_account_settles_what_all_its_requests_carry(key: str, expected: Domain) -> None:
    assert scene().domain(key) == expected


@pytest.mark.parametrize(
    ("key", "service", "template", "expected"),
    [
        ("aws:resourceaccount", "s3", None, Domain(ALWAYS, fixed=(ACCOUNT,))),
        ("s3:resourceaccount", "s3", None, Domain(ALWAYS, fixed=(ACCOUNT,))),
        ("s3:resourceaccount", "iam", ROLE, Domain(ALWAYS, fixed=(ACCOUNT,), guessed=True)),
        ("aws:resourceorgid", "iam", ROLE, Domain(SOMETIMES, fixed=("o-exampleorg1",))),
        (
            "aws:resourceorgpaths",
            "iam",
            ROLE,
            Domain(SOMETIMES, multivalued=True, fixed=(SUBJECT.organization_path,)),
        ),
        # Of which of the two accounts it is, AWS does not say.
        (
            "aws:resourceaccount",
            "organizations",
            UNIT,
            Domain(ALWAYS, space=one_of(ACCOUNT, "111111111111")),
        ),
        ("aws:resourceorgid", "organizations", UNIT, Domain(SOMETIMES, fixed=("o-exampleorg1",))),
        (
            "aws:resourceorgpaths",
            "organizations",
            UNIT,
            Domain(SOMETIMES, multivalued=True, space=any_texts(), guessed=True),
        ),
        # An invitation of another organization's.
        ("aws:resourceaccount", "organizations", HANDSHAKE, Domain(ALWAYS, space=account_ids())),
        ("aws:resourceorgid", "organizations", HANDSHAKE, Domain(SOMETIMES, space=any_texts())),
    ],
)
def test_a_resource_belongs_to_the_account_but_for_those_of_organizations(
    key: str, service: str, template: str | None, expected: Domain
) -> None:
    found = scene(service=service, template=template).domain(key)
    assert found._replace(guessed=False) == expected._replace(guessed=False)
    assert found.guessed is expected.guessed


@pytest.mark.parametrize(
    ("service", "partition", "expected"),
    [
        ("iam", "aws", Domain(ALWAYS, fixed=("us-east-1",))),
        ("organizations", "aws-cn", Domain(ALWAYS, fixed=("cn-northwest-1",))),
        ("cloudtrail", "aws", Domain(ALWAYS, space=regions("aws"))),
        ("s3", "aws-us-gov", Domain(ALWAYS, space=regions("aws-us-gov"))),
    ],
)
def test_a_request_goes_to_the_regions_of_its_partition_where_the_service_is(
    service: str, partition: str, expected: Domain
) -> None:
    found = scene(service=service, template=None, partition=partition)
    assert found.domain("aws:requestedregion") == expected


DAY, LONGEST = timedelta(days=1), timedelta(hours=36)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("aws:useragent", Domain(space=any_texts())),
        ("aws:calledvia", Domain(multivalued=True, space=any_texts())),
        ("aws:vpceaccount", Domain(space=account_ids())),
        ("aws:sourcevpcarn", Domain(type=KeyType.ARN, space=any_arns())),
        ("aws:sourceip", Domain(type=KeyType.IP)),
        ("aws:multifactorauthpresent", Domain(type=KeyType.BOOL)),
        ("aws:securetransport", Domain(ALWAYS, type=KeyType.BOOL)),
        # Tags of other resources than IAM's may hold what they like.
        ("aws:principaltag/team", Domain(space=any_tag_values())),
        ("aws:resourcetag/team", Domain(space=any_texts())),
        # Ages are whole, versions are not.
        ("aws:multifactorauthage", Domain(type=KeyType.NUMERIC, whole=True)),
        ("s3:signatureage", Domain(type=KeyType.NUMERIC, whole=True)),
        ("s3:tlsversion", Domain(type=KeyType.NUMERIC)),
        ("ec2:roledelivery", Domain(type=KeyType.NUMERIC)),
        # Clocks differ, and credentials are older than what is done with them.
        ("aws:currenttime", Domain(ALWAYS, type=KeyType.DATE, earliest=SUBJECT.since - DAY)),
        (
            "aws:tokenissuetime",
            Domain(type=KeyType.DATE, earliest=SUBJECT.since - DAY - LONGEST),
        ),
        ("custom:key", Domain(space=any_texts(), guessed=True)),
    ],
)
def test_anything_else_is_whatever_its_type_admits(key: str, expected: Domain) -> None:
    assert scene(service="s3", template=None).domain(key) == expected


@pytest.mark.parametrize(
    ("key", "guessed"),
    [
        ("iam:policyarn", False),
        ("aws:sourceip", False),
        ("aws:principaltag/cost:center", False),
        # Of whoever a service handed out credentials to, whatever they ask for.
        ("ec2:sourceinstancearn", False),
        ("s3:tlsversion", True),
        ("iam:nosuchkey", True),
    ],
)
def test_of_another_services_key_it_is_not_known_whether_the_action_carries_it(
    key: str, guessed: bool
) -> None:
    assert scene().domain(key).guessed is guessed


@pytest.mark.parametrize(
    ("template", "regional", "owner", "foreign"),
    [
        (ROLE, False, None, False),
        (TRAIL, True, None, False),
        (UNIT, False, "111111111111", False),
        (HANDSHAKE, False, None, True),
        (None, False, None, False),
    ],
)
def test_a_template_says_whose_and_where_a_resource_is(
    template: str | None, regional: bool, owner: str | None, foreign: bool
) -> None:
    found = scene(template=template)
    assert (found.regional, found.owner, found.foreign) == (regional, owner, foreign)
    assert found.manner == (template is None, regional, False)


def test_what_a_variable_can_be_is_made_once() -> None:
    found = scene()
    assert found.domain("aws:userid") is found.domain("aws:userid")


@pytest.mark.parametrize(
    ("service", "template"),
    [("iam", ROLE), ("cloudtrail", TRAIL), ("organizations", UNIT), ("s3", None)],
)
def test_what_is_not_of_the_principal_is_the_same_for_each_kind(
    service: str, template: str | None
) -> None:
    others = {RESOURCE, "aws:principaltag/team", "aws:requesttag/team", "s3:unheard-of"}
    for key in others.union(KEYS):
        found = {scene(kind, service, template).domain(key) for kind in Kind}
        assert len(found) == 1 or is_of_principal(key), key
