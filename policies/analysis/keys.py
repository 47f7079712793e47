"""Facts on condition keys: type, number of values, presence, and what settles them.

Sources: IAM User Guide, "AWS global condition context keys" and "Single-valued vs.
multivalued context keys"; Service Authorization Reference for `iam:`, `s3:`, `cloudtrail:`
and `organizations:`. Only requests that SCPs govern are meant: those of a principal that
belongs to a member account.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final


class KeyType(enum.StrEnum):
    STRING = "string"
    ARN = "arn"
    BOOL = "bool"
    NUMERIC = "numeric"
    DATE = "date"
    IP = "ip"


class Presence(enum.StrEnum):
    """Whether a request that SCPs govern carries the key."""

    ALWAYS = "always"
    SOMETIMES = "sometimes"
    # Sent by AWS services as principals alone, which SCPs do not govern.
    NEVER = "never"


class Settled(enum.StrEnum):
    """What settles the value of a key, so that it cannot be chosen freely."""

    # Nothing: any value of the type, as far as the rest of the request admits it.
    FREE = "free"
    # The account's place in the organization: one value for all its requests.
    ACCOUNT = "account"
    # The principal's ARN: value and presence follow from it.
    PRINCIPAL = "principal"
    # The resource's ARN, or the action's where there is none.
    RESOURCE = "resource"
    # The endpoint that is called; one per partition for IAM and Organizations.
    ENDPOINT = "endpoint"
    # The same in each request; see `KeyFacts.constant`.
    CONSTANT = "constant"


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """`name` is in lower case; `multivalued` is None where it is not known.

    `known` tells facts of AWS's from the cautious guess made for any other key.
    """

    name: str
    type: KeyType = KeyType.STRING
    multivalued: bool | None = False
    presence: Presence = Presence.SOMETIMES
    settled: Settled = Settled.FREE
    constant: str | None = None
    known: bool = True


@lru_cache(maxsize=20_000)
def facts_of(key: str) -> KeyFacts:
    """What is known of a key, its name in any case; a tag key after `/` is part of it."""
    name = key.lower()
    known = KEYS.get(name)
    if known is not None:
        return known
    family, slash, _ = name.partition("/")
    if slash and family in TAG_FAMILIES:
        return KeyFacts(name)
    return KeyFacts(name, multivalued=None, known=False)


def is_of_principal(key: str) -> bool:
    """Whether what the key can be hangs on the kind of principal, and no other key's does."""
    return facts_of(key).settled is Settled.PRINCIPAL


# Families whose keys end in a tag key that the customer chooses: single-valued strings.
RESOURCE_TAG_FAMILIES: Final = ("aws:resourcetag", "iam:resourcetag")
TAG_FAMILIES: Final = frozenset(["aws:principaltag", "aws:requesttag", *RESOURCE_TAG_FAMILIES])
# Of the tags that a request is to set or take off.
REQUEST_TAG_KEYS: Final = ("aws:requesttag", "aws:tagkeys")

_S, _A, _B, _N, _D = KeyType.STRING, KeyType.ARN, KeyType.BOOL, KeyType.NUMERIC, KeyType.DATE
_ALWAYS, _NEVER = Presence.ALWAYS, Presence.NEVER

_FACTS: Final = (
    # Of the principal.
    KeyFacts("aws:principalarn", _A, presence=_ALWAYS, settled=Settled.PRINCIPAL),
    KeyFacts("aws:principaltype", presence=_ALWAYS, settled=Settled.PRINCIPAL),
    KeyFacts("aws:userid", presence=_ALWAYS, settled=Settled.PRINCIPAL),
    KeyFacts("aws:username", settled=Settled.PRINCIPAL),
    KeyFacts("aws:principalaccount", presence=_ALWAYS, settled=Settled.ACCOUNT),
    KeyFacts("aws:principalorgid", presence=_ALWAYS, settled=Settled.ACCOUNT),
    KeyFacts("aws:principalorgpaths", multivalued=True, presence=_ALWAYS, settled=Settled.ACCOUNT),
    KeyFacts(
        "aws:principalisawsservice",
        _B,
        presence=_ALWAYS,
        settled=Settled.CONSTANT,
        constant="false",
    ),
    KeyFacts("aws:principalservicename", presence=_NEVER),
    KeyFacts("aws:principalservicenameslist", multivalued=True, presence=_NEVER),
    # Of the session.
    KeyFacts("aws:assumedroot", _B),
    KeyFacts("aws:federatedprovider"),
    KeyFacts("aws:multifactorauthage", _N),
    KeyFacts("aws:multifactorauthpresent", _B),
    KeyFacts("aws:sourceidentity"),
    KeyFacts("aws:tokenissuetime", _D),
    KeyFacts("aws:signinsessionarn", _A),
    KeyFacts("aws:chatbotsourcearn", _A),
    KeyFacts("ec2:roledelivery", _N),
    KeyFacts("ec2:sourceinstancearn", _A),
    KeyFacts("lambda:sourcefunctionarn", _A),
    KeyFacts("aws:ec2instancesourcevpc"),
    KeyFacts("aws:ec2instancesourceprivateipv4", KeyType.IP),
    # Of the network.
    KeyFacts("aws:sourceip", KeyType.IP),
    KeyFacts("aws:vpcsourceip", KeyType.IP),
    KeyFacts("aws:sourcevpc"),
    KeyFacts("aws:sourcevpcarn", _A),
    KeyFacts("aws:sourcevpce"),
    KeyFacts("aws:vpceaccount"),
    KeyFacts("aws:vpceorgid"),
    KeyFacts("aws:vpceorgpaths", multivalued=True),
    # Of the resource.
    KeyFacts("aws:resourceaccount", settled=Settled.RESOURCE),
    KeyFacts("aws:resourceorgid", settled=Settled.RESOURCE),
    KeyFacts("aws:resourceorgpaths", multivalued=True, settled=Settled.RESOURCE),
    KeyFacts("s3:resourceaccount", settled=Settled.RESOURCE),
    # Of the request.
    KeyFacts("aws:currenttime", _D, presence=_ALWAYS),
    KeyFacts("aws:epochtime", _D, presence=_ALWAYS),
    KeyFacts("aws:requestedregion", presence=_ALWAYS, settled=Settled.ENDPOINT),
    KeyFacts("aws:securetransport", _B, presence=_ALWAYS),
    KeyFacts("aws:viaawsservice", _B, presence=_ALWAYS),
    KeyFacts("aws:viaawsmcpservice", _B),
    KeyFacts("aws:ismcpserviceaction", _B),
    KeyFacts("aws:viacustomerdomain", _B),
    KeyFacts("aws:calledvia", multivalued=True),
    KeyFacts("aws:calledviafirst"),
    KeyFacts("aws:calledvialast"),
    KeyFacts("aws:calledviaawsmcp"),
    KeyFacts("aws:referer"),
    KeyFacts("aws:useragent"),
    KeyFacts("aws:tagkeys", multivalued=True),
    KeyFacts("aws:sourceaccount", presence=_NEVER),
    KeyFacts("aws:sourcearn", _A, presence=_NEVER),
    KeyFacts("aws:sourceorgid", presence=_NEVER),
    KeyFacts("aws:sourceorgpaths", multivalued=True, presence=_NEVER),
    # Of the guardrails' services.
    KeyFacts("iam:associatedresourcearn", _A),
    KeyFacts("iam:awsservicename"),
    KeyFacts("iam:passedtoservice"),
    KeyFacts("iam:permissionsboundary", _A),
    KeyFacts("iam:policyarn", _A),
    KeyFacts("iam:roletemplatearn", _A),
    KeyFacts("organizations:policytype"),
    KeyFacts("organizations:serviceprincipal"),
    KeyFacts("organizations:transferdirection"),
    KeyFacts("organizations:transfertype"),
    KeyFacts("s3:authtype"),
    KeyFacts("s3:signatureage", _N),
    KeyFacts("s3:signatureversion"),
    KeyFacts("s3:tlsversion", _N),
    KeyFacts("s3:x-amz-content-sha256"),
)
KEYS: Final[Mapping[str, KeyFacts]] = {facts.name: facts for facts in _FACTS}

# Keys that requests of all services carry, if a service handed out the role's credentials.
# Sources: Amazon EC2 User Guide, "Example policies"; AWS Lambda Developer Guide, "Using source
# function ARN to control function access behavior".
OF_CREDENTIALS: Final = frozenset(
    ["ec2:roledelivery", "ec2:sourceinstancearn", "lambda:sourcefunctionarn"]
)

# `aws:RequestedRegion` of the services that have one endpoint per partition.
# Sources: IAM User Guide, `aws:RequestedRegion`; AWS General Reference, "Service endpoints"; for
# the partitions that have no page there the Region that AWS's SDKs sign such requests for.
_MOST: Final = {
    "aws": "us-east-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-eusc": "eusc-de-east-1",
    "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1",
    "aws-iso-e": "eu-isoe-west-1",
    "aws-iso-f": "us-isof-south-1",
}
_GLOBAL_SERVICES: Final[Mapping[str, Mapping[str, str]]] = {
    "iam": {**_MOST, "aws-cn": "cn-north-1"},
    "organizations": {**_MOST, "aws-cn": "cn-northwest-1"},
}


def region_of(service: str, partition: str) -> str | None:
    """The one Region in which a global service is called; None for any other service."""
    return _GLOBAL_SERVICES.get(service.lower(), {}).get(partition)
