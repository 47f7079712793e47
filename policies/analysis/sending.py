"""What AWS certainly sends: which keys a request can carry, and which hang together.

A proof admits whatever some reading of the documentation does (`Scene.domain`); a request
that is shown to get through must be one that can be made.
Source: IAM User Guide, "AWS global condition context keys", each key's availability.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Final

from policies.analysis.keys import TAG_FAMILIES, KeyType, Presence
from policies.analysis.patterns import in_any_case, plain, union, wild
from policies.analysis.requirements import (
    ABSENT,
    NEVER,
    PRESENT,
    Cases,
    Quantifier,
    Requirement,
    Texts,
)
from policies.analysis.scene import RESOURCE, Domain, Scene
from policies.analysis.search import Clause, Literal
from policies.analysis.spaces import (
    REGIONS,
    Kind,
    any_texts,
    identifiers,
    one_of,
    policies,
    regional_arns,
    services,
    source_identities,
    tag_values,
    texts,
)
from policies.analysis.walks import Space

# Keys, or families of them, that only requests of some principals carry.
_ROLE: Final = frozenset([Kind.ROLE])
_KINDS: Final[Mapping[str, frozenset[Kind]]] = {
    "aws:assumedroot": frozenset([Kind.ROOT]),
    "aws:chatbotsourcearn": _ROLE,
    "aws:ec2instancesourceprivateipv4": _ROLE,
    "aws:ec2instancesourcevpc": _ROLE,
    "ec2:roledelivery": _ROLE,
    "ec2:sourceinstancearn": _ROLE,
    "lambda:sourcefunctionarn": _ROLE,
    "aws:federatedprovider": _ROLE,
    "aws:multifactorauthage": frozenset([Kind.ROLE, Kind.USER, Kind.ROOT]),
    "aws:multifactorauthpresent": frozenset([Kind.ROLE, Kind.USER, Kind.ROOT]),
    "aws:principaltag": frozenset([Kind.ROLE, Kind.USER, Kind.FEDERATED_USER]),
    "aws:sourceidentity": _ROLE,
}
# Principals that have nothing but temporary credentials.
_TEMPORARY: Final = (Kind.ROLE, Kind.FEDERATED_USER)
# How old they can be made to become.
# Source: AWS STS API Reference, DurationSeconds of AssumeRole, GetSessionToken (which gives the
# root user an hour) and GetFederationToken.
SESSIONS: Final = {
    Kind.ROLE: timedelta(hours=12),
    Kind.USER: timedelta(hours=36),
    Kind.FEDERATED_USER: timedelta(hours=36),
    Kind.ROOT: timedelta(hours=1),
}
_LOWER: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_VPCS: Final = identifiers("vpc-", _LOWER, "vpc-0a1b2c3d4e5f67890")
_FORMS: Final[Mapping[str, Callable[[Scene], Space]]] = {
    "aws:calledvia": lambda _: services(),
    "aws:calledviafirst": lambda _: services(),
    "aws:calledvialast": lambda _: services(),
    "aws:ec2instancesourcevpc": lambda _: _VPCS,
    "aws:sourceidentity": lambda _: source_identities(),
    "aws:sourcevpc": lambda _: _VPCS,
    "aws:sourcevpce": lambda _: identifiers("vpce-", _LOWER, "vpce-0a1b2c3d4e5f67890"),
    "aws:resourceorgid": lambda _: identifiers("o-", _LOWER, "o-anotherorg1"),
    "aws:vpceorgid": lambda _: identifiers("o-", _LOWER, "o-anotherorg1"),
    "aws:sourcevpcarn": lambda scene: regional_arns(
        scene.subject, "ec2", "vpc/vpc-0a1b2c3d4e5f67890"
    ),
    "ec2:sourceinstancearn": lambda scene: regional_arns(
        scene.subject, "ec2", "instance/i-0a1b2c3d4e5f67890"
    ),
    "lambda:sourcefunctionarn": lambda scene: regional_arns(
        scene.subject, "lambda", "function:example"
    ),
    "iam:permissionsboundary": lambda scene: policies(scene.subject),
    "iam:policyarn": lambda scene: policies(scene.subject),
}
# Values of keys that have but few, the most usual first.
_VALUES: Final[Mapping[str, tuple[str, ...]]] = {
    "aws:viaawsservice": ("false", "true"),
    "ec2:roledelivery": ("2.0", "1.0"),
    "s3:tlsversion": ("1.2", "1.3", "1.0", "1.1"),
}


def sent(scene: Scene, variable: str) -> Domain:
    """What the variable can be in a request that can be made."""
    found = scene.sendable.get(variable)
    if found is None:
        found = scene.sendable[variable] = _sent(scene, variable)
    return found


def _sent(scene: Scene, variable: str) -> Domain:
    domain = scene.domain(variable)
    kinds = _KINDS.get(variable.partition("/")[0])
    if variable in scene.unsent or (kinds is not None and scene.kind not in kinds):
        return domain._replace(presence=Presence.NEVER)
    if variable == "aws:resourceaccount" and scene.owner is not None:
        # That it is not the account that the resource's ARN names is possible, but not sure.
        return domain._replace(fixed=(scene.owner,))
    if domain.type is KeyType.DATE:
        # That a time has no fraction is possible, that it has one is not sure.
        domain = domain._replace(whole=True, earliest=scene.subject.since)
    if variable == "aws:tokenissuetime":
        domain = domain._replace(earliest=scene.subject.since - SESSIONS[scene.kind])
        return domain._replace(presence=Presence.ALWAYS) if scene.kind in _TEMPORARY else domain
    if variable == "aws:requestedregion" and domain.fixed is None:
        return domain._replace(space=one_of(*REGIONS[scene.subject.partition]))
    if variable == "iam:policyarn":
        # The actions that carry it at all are about a policy.
        domain = domain._replace(presence=Presence.ALWAYS)
    if variable in _VALUES:
        return domain._replace(only=_VALUES[variable])
    if variable in _FORMS:
        return domain._replace(space=_FORMS[variable](scene))
    if variable.partition("/")[0] in TAG_FAMILIES:
        return domain._replace(space=tag_values())
    return domain._replace(space=texts()) if domain.space is any_texts() else domain


def known_regions(scene: Scene) -> tuple[Literal, ...]:
    """Of a resource whose ARN names its Region, that there is one of this name.

    Of a partition of which no Region is known no request is sure.
    """
    partition = scene.subject.partition
    if partition not in REGIONS:
        return ((RESOURCE, NEVER),)
    return _in_known_regions(partition, scene.service) if scene.regional else ()


@lru_cache(maxsize=1_000)
def _in_known_regions(partition: str, service: str) -> tuple[Literal, ...]:
    patterns = [wild(f"arn:{partition}:{service}:{name}:*") for name in REGIONS[partition]]
    inside = union(tuple(patterns))
    return ((RESOURCE, Requirement(absent=False, values=Texts(inside))),)


_TRUE: Final = Requirement(absent=False, values=Cases(lambda value: value == "true", ()))
_MFA: Final = "aws:multifactorauthpresent"
_MFA_AGE: Final = "aws:multifactorauthage"
_IP: Final = "aws:sourceip"
_VPC: Final = "aws:sourcevpc"
_ENDPOINT: Final = "aws:sourcevpce"
_VIA: Final = "aws:viaawsservice"
_TAG_KEYS: Final = "aws:tagkeys"
_REQUEST_TAG: Final = "aws:requesttag/"
_OF_ENDPOINTS: Final = (
    "aws:sourcevpcarn",
    "aws:vpcsourceip",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
)
# Keys, and others without which they are not there, nor these without them.
_ALIKE: Final = (
    (_VPC, _ENDPOINT),
    ("aws:vpcsourceip", _ENDPOINT),
    ("aws:sourcevpcarn", _ENDPOINT),
    ("aws:calledviafirst", "aws:calledvia"),
    ("aws:calledvialast", "aws:calledvia"),
)
_CALLED: Final = ("aws:calledvia", "aws:calledviafirst", "aws:calledvialast")


@lru_cache(maxsize=1_000)
def together(mentioned: frozenset[str]) -> tuple[Clause, ...]:
    """What holds in each request of the keys that are mentioned, for whatever principal."""
    found = [clause for clause, keys in _together() if mentioned & keys]
    if _TAG_KEYS in mentioned:
        found += map(_named, sorted(one for one in mentioned if one.startswith(_REQUEST_TAG)))
    return tuple(found)


def _named(key: str) -> Clause:
    """A request that sets a tag names its key among those that it sets."""
    names = in_any_case((plain(key.removeprefix(_REQUEST_TAG)),))
    among = Requirement(absent=False, values=Texts(names), quantifier=Quantifier.ANY)
    return (((key, ABSENT),), ((_TAG_KEYS, among),))


def _together() -> Iterator[tuple[Clause, frozenset[str]]]:
    """Clauses, each with the keys that it is needed for."""
    yield (((_MFA_AGE, ABSENT),), ((_MFA, _TRUE),)), frozenset([_MFA_AGE])
    yield (((_MFA, _TRUE.negated()),), ((_MFA_AGE, PRESENT),)), frozenset([_MFA_AGE])
    # A request comes over the internet, through a VPC's endpoint, or from an AWS service.
    over = (((_IP, PRESENT),), ((_ENDPOINT, PRESENT),), ((_VIA, _TRUE),))
    yield over, frozenset([_IP])
    for one in (_VPC, _ENDPOINT, *_OF_ENDPOINTS):
        yield (((one, ABSENT),), ((_IP, ABSENT),)), frozenset([_IP])
    for one in _OF_ENDPOINTS:
        yield (((one, ABSENT),), ((_ENDPOINT, PRESENT),)), frozenset([one])
    for one, other in _ALIKE:
        yield (((one, ABSENT),), ((other, PRESENT),)), frozenset([one])
        yield (((other, ABSENT),), ((one, PRESENT),)), frozenset([one])
    for one in _CALLED:
        yield (((one, ABSENT),), ((_VIA, _TRUE),)), frozenset([one])
