"""What the variables of a request can be: principals, resources, values of keys.

Sources: IAM User Guide, "IAM and AWS STS quotas" (names, paths, lengths), "IAM identifiers"
(ARNs) and "Rules for tagging in IAM and AWS STS"; AWS CloudTrail User Guide, "Naming
requirements"; AWS General Reference, "AWS Regions".
"""

from __future__ import annotations

import enum
import re
import string
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from policies.analysis.patterns import Language, Place, places, plain, wild
from policies.analysis.subject import Subject
from policies.analysis.walks import Limits, Space

_NAME: Final = frozenset(string.ascii_letters + string.digits + "_+=,.@-")
_PRINTABLE: Final = frozenset(map(chr, range(0x21, 0x7F)))
_TEXT: Final = _PRINTABLE | {" "}
_LOWER: Final = frozenset(string.ascii_lowercase)
_DIGIT: Final = frozenset(string.digits)
_ALPHANUMERIC: Final = frozenset(string.ascii_letters + string.digits)
UPPER: Final = frozenset(string.ascii_uppercase + string.digits)
_SEQUENCE = tuple[Place, ...]

# By partition. Source: the partitions that AWS's SDKs know, botocore's `partitions.json`.
REGIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "aws": (
        "us-east-1",
        "eu-west-1",
        "eu-central-1",
        "us-west-2",
        "ap-southeast-2",
        "sa-east-1",
        "ca-central-1",
        "us-east-2",
        "us-west-1",
        "eu-west-2",
        "eu-west-3",
        "eu-north-1",
        "eu-south-1",
        "ap-south-1",
        "ap-northeast-1",
        "ap-southeast-1",
        "ap-east-1",
        "af-south-1",
        "me-south-1",
        "il-central-1",
        "mx-central-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-7",
        "ap-east-2",
        "ca-west-1",
        "eu-central-2",
        "eu-south-2",
        "me-central-1",
        "ap-southeast-6",
        "me-west-1",
        "sa-west-1",
    ),
    "aws-cn": ("cn-north-1", "cn-northwest-1"),
    "aws-us-gov": ("us-gov-west-1", "us-gov-east-1"),
    "aws-eusc": ("eusc-de-east-1",),
    "aws-iso": ("us-iso-east-1", "us-iso-west-1"),
    "aws-iso-b": ("us-isob-east-1", "us-isob-west-1"),
    "aws-iso-e": ("eu-isoe-west-1",),
    "aws-iso-f": ("us-isof-south-1", "us-isof-east-1"),
}


class Kind(enum.StrEnum):
    """What a principal is, in the words of `aws:PrincipalType`."""

    ROLE = "AssumedRole"
    USER = "User"
    ROOT = "Account"
    FEDERATED_USER = "FederatedUser"


def _some(characters: frozenset[str]) -> _SEQUENCE:
    return (Place(characters), Place(characters, repeats=True))


def _literal(text: str) -> _SEQUENCE:
    return places(plain(text))


def _path(*, colons: bool) -> _SEQUENCE:
    """A path without its first slash; IAM admits any printable character in it."""
    return (*_some(_PRINTABLE if colons else _PRINTABLE - {":"}), *_literal("/"))


def _named(*, colons: bool) -> Language:
    return Language([_some(_NAME), (*_path(colons=colons), *_some(_NAME))])


_ROOT: Final = Language([_literal("root")])
# GetFederationToken: a name has two to 32 characters.
_FEDERATED: Final = Language([(Place(_NAME), *_some(_NAME))])
_WITH_COLONS: Final = _named(colons=True)
_WITHOUT_COLONS: Final = _named(colons=False)
# A path has at most 512 characters, its first slash among them.
_NAMED_LIMITS: Final = Limits(path=511, name=64)


_ROLES: Final = ("Developer", "OrganizationAccountAccessRole", "Admin")
# AWS alone makes roles of such a path; where there is a Region in it, the users are kept there.
_IDENTITY_CENTER: Final = tuple(
    f"aws-reserved/sso.amazonaws.com/{region}AWSReservedSSO_AdministratorAccess_0123456789abcdef"
    for region in ("", "eu-west-1/")
)


@lru_cache(maxsize=10_000)
def principals(kind: Kind, subject: Subject, *, colons: bool) -> Space:
    """The ARNs of an account's principals of one kind, as `aws:PrincipalArn` gives them."""
    iam = f"arn:{subject.partition}:iam::{subject.account_id}:"
    named = _WITH_COLONS if colons else _WITHOUT_COLONS
    if kind is Kind.ROOT:
        return Space(iam, _ROOT, (f"{iam}root",), complete=True)
    if kind is Kind.FEDERATED_USER:
        prefix = f"arn:{subject.partition}:sts::{subject.account_id}:federated-user/"
        return Space(prefix, _FEDERATED, (f"{prefix}alice",), Limits(path=0, name=32))
    if kind is Kind.USER:
        examples = (f"{iam}user/alice", f"{iam}user/build")
        return Space(f"{iam}user/", named, examples, _NAMED_LIMITS)
    known = tuple(f"{iam}role/{name}" for name in (*_ROLES, *_IDENTITY_CENTER))
    return Space(f"{iam}role/", named, known, _NAMED_LIMITS)


@lru_cache(maxsize=1_000)
def regions(partition: str) -> Space:
    """Texts that look like a Region, those that exist first."""
    start = (Place(_LOWER), *_some(_LOWER), *_literal("-"))
    word = (*_some(_LOWER), *_literal("-"))
    tail = Language([(*start, *word, Place(_DIGIT)), (*start, *word, *word, Place(_DIGIT))])
    return Space("", tail, REGIONS.get(partition, ()))


@lru_cache(maxsize=10_000)
def resources(template: str, subject: Subject, *, colons: bool) -> Space:
    """The ARNs that a template of the catalogue stands for in this account."""
    filled = (
        template.replace("${Partition}", subject.partition)
        .replace("${Account}", subject.account_id)
        .replace("${ManagementAccount}", subject.management_account_id)
        .replace("${OrganizationId}", subject.organization_id)
    )
    _, _, service, _, _, rest = filled.split(":", 5)
    if service == "iam":
        return _iam_resources(filled, rest, colons=colons)
    if service == "cloudtrail":
        return _trails(filled, rest, subject)
    within = _ALPHANUMERIC | frozenset("-._")
    head, any_account, rest = filled.partition("::*:")
    if any_account:
        named = _never_empty(places(wild(f":{rest}"), within=within), within)
        account = (Place(_DIGIT),) * 12
        return Space(f"{head}::", Language([(*account, *named)]), (_sample(filled, subject),))
    prefix, star, tail = filled.partition("*")
    sequence = places(wild(star + tail), within=within)
    example = _sample(filled, subject)
    return Space(prefix, Language([_never_empty(sequence, within)]), (example,))


# What an id of AWS Organizations looks like, by how its ARNs end.
_IDS: Final = (
    ("*:handshake/o-*/*/h-*", "999999999999:handshake/o-anotherorg1/invite/h-examplehandshake1"),
    ("/ou-*", "/ou-ab12-11112222"),
    ("/r-*", "/r-ab12"),
    ("/*/p-*", "/service_control_policy/p-examplepolicy1"),
    ("/*/h-*", "/invite/h-examplehandshake1"),
    ("/*/*/rt-*", "/billing/inbound/rt-exampletransfer1"),
    ("/rp-*", "/rp-examplepolicy1"),
)


def _sample(filled: str, subject: Subject) -> str:
    """An ARN that people know the form of; what else may be anything is an account's id."""
    for ending, id in _IDS:
        if filled.endswith(ending):
            return filled.removesuffix(ending) + id
    return filled.replace("*", subject.account_id)


def _never_empty(sequence: _SEQUENCE, within: frozenset[str]) -> _SEQUENCE:
    """The same, with each `*` reading at least one character."""
    made: list[Place] = []
    for place in sequence:
        if place.repeats:
            made.append(Place(within))
        made.append(place)
    return tuple(made)


def _iam_resources(filled: str, rest: str, *, colons: bool) -> Space:
    """Users or roles whose path and name, written together, match the template's pattern."""
    kind, _, pattern = rest.partition("/")
    prefix = filled[: filled.index(rest)] + kind + "/"
    name = pattern.rpartition("/")[2]
    example = prefix + pattern.removesuffix(name) + _plain_name(name)
    return Space(
        prefix,
        _WITH_COLONS if colons else _WITHOUT_COLONS,
        (example,),
        _NAMED_LIMITS,
        within=() if pattern == "*" else (wild(f"{prefix}{pattern}"),),
    )


def _plain_name(pattern: str) -> str:
    """A name that the pattern matches, and that people can read."""
    if pattern == "*":
        return "alice"
    return pattern.replace("*", "Audit", 1).replace("*", "").replace("?", "x")


def _trails(filled: str, rest: str, subject: Subject) -> Space:
    head, _, tail = filled.partition("${Region}")
    account, _, name = tail.partition(f"{rest.partition('/')[0]}/")
    middle = f"{account}{rest.partition('/')[0]}/"
    # Three characters at least; a letter or digit at both ends.
    named = (
        Place(_ALPHANUMERIC),
        Place(_TRAIL),
        Place(_TRAIL, repeats=True),
        Place(_ALPHANUMERIC),
    )
    start = (Place(_LOWER), *_some(_LOWER), *_literal("-"))
    word = (*_some(_LOWER), *_literal("-"))
    ending = (Place(_DIGIT), *_literal(middle), *named)
    language = Language([(*start, *word, *ending), (*start, *word, *word, *ending)])
    examples = tuple(
        f"{head}{one}{middle}{_trail_name(name)}" for one in REGIONS.get(subject.partition, ())
    )
    within = () if name == "*" else (wild(f"{head}*{middle}{name}"),)
    return Space(head, language, examples, Limits(path=80, name=128), within=within)


_TRAIL: Final = _ALPHANUMERIC | frozenset("._-")


def _trail_name(pattern: str) -> str:
    return pattern.replace("*", "management-events", 1).replace("*", "").replace("?", "x")


@lru_cache(maxsize=1_000)
def one_of(*texts: str) -> Space:
    return Space("", Language(_literal(text) for text in texts), texts, complete=True)


_EXAMPLES: Final = ("example", "other-example")


@lru_cache(maxsize=1)
def texts() -> Space:
    """Any text of printable characters."""
    return Space("", Language([_some(_TEXT)]), _EXAMPLES)


@lru_cache(maxsize=1)
def any_texts() -> Space:
    """Any text at all, the empty one too."""
    return Space("", Language([(Place(None, repeats=True),)]), _EXAMPLES)


# No value of a tag has it; of characters beyond Latin-1 all are taken for letters.
_NO_TAG: Final = frozenset(
    one
    for one in map(chr, range(0x100))
    if unicodedata.category(one)[0] not in "LZN" and one not in "_.:/=+-@"
)
_TAG: Final = (Place(None, _NO_TAG), Place(None, _NO_TAG, repeats=True))


@lru_cache(maxsize=1)
def tag_values() -> Space:
    """Values of tags of IAM and STS: letters of any language, digits, spaces, some signs."""
    return Space("", Language([_TAG]), _EXAMPLES)


@lru_cache(maxsize=1)
def any_tag_values() -> Space:
    """The same, and the empty one."""
    return Space("", Language([(), _TAG]), _EXAMPLES)


@lru_cache(maxsize=1)
def source_identities() -> Space:
    tail = Language([(Place(_NAME), *_some(_NAME))])
    return Space("", tail, ("alice",), Limits(path=0, name=64))


@lru_cache(maxsize=1)
def any_arns() -> Space:
    """ARNs: six components, of which the last may hold colons."""
    part = Place(_PRINTABLE - {":"}, repeats=True)
    colon = Place(frozenset(":"))
    name = _some(_NAME - frozenset("+=,.@"))
    sequence = (
        *_literal("arn:aws"),
        Place(_LOWER | {"-"}, repeats=True),
        colon,
        *name,
        colon,
        part,
        colon,
        part,
        colon,
        *_some(_PRINTABLE),
    )
    return Space("", Language([sequence]), ("arn:aws:iam::aws:policy/ReadOnlyAccess",))


@lru_cache(maxsize=1_000)
def policies(subject: Subject) -> Space:
    """ARNs of IAM policies, the account's own and AWS's."""
    iam = f"arn:{subject.partition}:iam::"
    names = (*_literal(":policy/"), *_some(_NAME | {"/"}))
    tail = Language([(*_literal(owner), *names) for owner in ("aws", subject.account_id)])
    return Space(iam, tail, (f"{iam}aws:policy/ReadOnlyAccess",))


@lru_cache(maxsize=10_000)
def regional_arns(subject: Subject, service: str, example: str) -> Space:
    """ARNs of the account's own in each Region that are called as `example` is."""
    start, mark, _ = re.split(r"([-:])", example, maxsplit=1)
    known = REGIONS[subject.partition]
    head = f"arn:{subject.partition}:{service}:"
    heads = [f"{one}:{subject.account_id}:{start}{mark}" for one in known]
    tail = Language([(*_literal(one), *_some(_NAME - frozenset("+=,.@"))) for one in heads])
    return Space(head, tail, (f"{head}{known[0]}:{subject.account_id}:{example}",))


@lru_cache(maxsize=1)
def services() -> Space:
    """Names of AWS services as principals."""
    tail = (*_some(_LOWER | _DIGIT | {"-"}), *_literal(".amazonaws.com"))
    return Space("", Language([tail]), ("cloudformation.amazonaws.com", "athena.amazonaws.com"))


@lru_cache(maxsize=1)
def account_ids() -> Space:
    """Any twelve digits."""
    return Space("", Language([tuple(Place(_DIGIT) for _ in range(12))]), ("999999999999",))


@lru_cache(maxsize=1_000)
def identifiers(prefix: str, characters: frozenset[str], *examples: str) -> Space:
    """`prefix`, then one or more of the characters: AWS documents no length for ever."""
    return Space("", Language([(*_literal(prefix), *_some(characters))]), examples)


@lru_cache(maxsize=1)
def session_ids() -> Space:
    """`aws:userid` of a role's session: the role's unique id, and the session's name."""
    unique = (*_literal("AROA"), *_some(UPPER), *_literal(":"))
    tail = Language([(*unique, Place(_NAME), *_some(_NAME))])
    return Space("", tail, ("AROAEXAMPLEROLE12345X:alice",))
