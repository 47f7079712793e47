"""Requests that differ in nothing but resource, principal and context: what these can be."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from policies.analysis.keys import (
    OF_CREDENTIALS,
    KeyFacts,
    KeyType,
    Presence,
    Settled,
    facts_of,
    region_of,
)
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
from policies.analysis.subject import Subject
from policies.analysis.walks import Space

RESOURCE: Final = "resource"
PRINCIPAL: Final = "aws:principalarn"
_SIGNED_IN: Final = "aws:tokenissuetime"
# Source: AWS STS API Reference, GetSessionToken and GetFederationToken, DurationSeconds.
_LONGEST_SESSION: Final = timedelta(hours=36)
# By how much the clock that says when AWS was read may be ahead of AWS's own.
_CLOCKS_DIFFER: Final = timedelta(days=1)


class Domain(NamedTuple):
    """What one variable can be.

    `fixed` where it has one value, else a `space` of texts, else it is of a type whose
    values are finitely many cases. `guessed` where the portal knows nothing of the key
    or of whether the action carries it.
    """

    presence: Presence = Presence.SOMETIMES
    multivalued: bool = False
    type: KeyType = KeyType.STRING
    fixed: tuple[str, ...] | None = None
    space: Space | None = None
    guessed: bool = False
    # Where not empty, the only values that there are.
    only: tuple[str, ...] = ()
    # Of numbers and times, whether they come without fractions.
    whole: bool = False
    # Of times, the first that there may be.
    earliest: datetime | None = None


@dataclass(eq=False)
class Scene:
    """`service` is the prefix of the action, in lower case.

    `template` is None for an action without resource-level permissions. With `colons`
    paths hold colons as well. `unsent` are keys, in lower case, that the action does not
    carry by the Service Authorization Reference.
    """

    service: str
    template: str | None
    kind: Kind
    subject: Subject
    colons: bool
    unsent: frozenset[str] = frozenset()
    # Whether in each request that is sent the resource is the principal.
    on_oneself: bool = False
    # What of scenes of one service, beside the kind of principal, statements read differently.
    manner: tuple[bool, bool, bool] = field(init=False, repr=False)
    _domains: dict[str, Domain] = field(default_factory=dict, repr=False)
    # What `sending` makes of them.
    sendable: dict[str, Domain] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.manner = (self.template is None, self.regional, self.on_oneself)

    @property
    def regional(self) -> bool:
        """Whether the resource's ARN names the Region that the request is sent to."""
        return self.template is not None and "${Region}" in self.template

    @property
    def owner(self) -> str | None:
        """The account that the resource's ARN names, where it is another than the principal's."""
        if self.template is None or "${ManagementAccount}" not in self.template:
            return None
        return self.subject.management_account_id

    @property
    def foreign(self) -> bool:
        """Whether the resource may be another organization's: its ARN may name any account."""
        return self.template is not None and ":organizations::*:" in self.template

    def knows(self, facts: KeyFacts) -> bool:
        """Whether it is known when the action's requests carry the key."""
        own = facts.name.partition(":")[0] in ("aws", self.service)
        return facts.known and (own or facts.name in OF_CREDENTIALS)

    def domain(self, variable: str) -> Domain:
        """All that a variable can be in some reading of AWS's documentation."""
        found = self._domains.get(variable)
        if found is None:
            found = self._domains[variable] = self._domain(variable)
        return found

    def _domain(self, variable: str) -> Domain:
        if variable == RESOURCE:
            if self.template is None:
                return Domain(Presence.ALWAYS, fixed=("*",))
            space = resources(self.template, self.subject, colons=self.colons)
            return Domain(Presence.ALWAYS, type=KeyType.ARN, space=space)
        facts = facts_of(variable)
        settled = _SETTLED.get(facts.settled)
        domain = settled(self, facts) if settled else _free(facts)
        if facts.type is KeyType.DATE:
            ago = _LONGEST_SESSION if variable == _SIGNED_IN else timedelta()
            earliest = self.subject.since - _CLOCKS_DIFFER - ago
            domain = domain._replace(earliest=earliest)
        return domain if self.knows(facts) else domain._replace(guessed=True)


@lru_cache(maxsize=10_000)
def _free(facts: KeyFacts) -> Domain:
    space = None
    if facts.type is KeyType.STRING:
        space = _texts_of(facts.name)
    elif facts.type is KeyType.ARN:
        space = any_arns()
    # Ages are whole seconds or milliseconds; of no time AWS says that it has no fraction.
    versions = ("ec2:roledelivery", "s3:tlsversion")
    whole = facts.type is KeyType.NUMERIC and facts.name not in versions
    return Domain(facts.presence, bool(facts.multivalued), facts.type, space=space, whole=whole)


def _texts_of(name: str) -> Space:
    if name == "aws:vpceaccount":
        return account_ids()
    # Tags of other resources than IAM's may hold what they like.
    return any_tag_values() if name.startswith("aws:principaltag/") else any_texts()


def _of_principal(scene: Scene, facts: KeyFacts) -> Domain:
    subject, kind = scene.subject, scene.kind
    if facts.name == PRINCIPAL:
        space = principals(kind, subject, colons=scene.colons)
        return Domain(Presence.ALWAYS, type=KeyType.ARN, space=space)
    if facts.name == "aws:principaltype":
        return Domain(Presence.ALWAYS, fixed=(kind.value,))
    if facts.name == "aws:username":
        # Of a user it is a part of the principal's ARN, and asked about as such.
        return Domain(Presence.NEVER if kind is not Kind.USER else Presence.ALWAYS, space=texts())
    if kind is Kind.ROOT:
        return Domain(Presence.ALWAYS, fixed=(subject.account_id,))
    if kind is Kind.USER:
        return Domain(Presence.ALWAYS, space=identifiers("AIDA", UPPER, "AIDAEXAMPLEUSER12345X"))
    if kind is Kind.ROLE:
        return Domain(Presence.ALWAYS, space=session_ids())
    # Of a federated user it follows from the principal's ARN, and is asked about as such.
    return Domain(Presence.ALWAYS, space=texts())


def _of_account(scene: Scene, facts: KeyFacts) -> Domain:
    subject = scene.subject
    value = {
        "aws:principalaccount": subject.account_id,
        "aws:principalorgid": subject.organization_id,
        "aws:principalorgpaths": subject.organization_path,
    }[facts.name]
    return Domain(Presence.ALWAYS, bool(facts.multivalued), fixed=(value,))


def _of_resource(scene: Scene, facts: KeyFacts) -> Domain:
    """Resources of AWS Organizations belong to the management account; none to another's."""
    subject = scene.subject
    own = scene.service != "organizations"
    if facts.name.endswith("resourceaccount"):
        if own:
            return Domain(Presence.ALWAYS, fixed=(subject.account_id,))
        space = one_of(subject.account_id, subject.management_account_id)
        return Domain(Presence.ALWAYS, space=account_ids() if scene.foreign else space)
    if facts.name == "aws:resourceorgid" and scene.foreign:
        return Domain(Presence.SOMETIMES, space=any_texts())
    if facts.name == "aws:resourceorgid":
        return Domain(Presence.SOMETIMES, fixed=(subject.organization_id,))
    if own:
        fixed = (subject.organization_path,)
        return Domain(Presence.SOMETIMES, multivalued=True, fixed=fixed)
    return Domain(Presence.SOMETIMES, multivalued=True, space=any_texts(), guessed=True)


def _of_endpoint(scene: Scene, _facts: KeyFacts) -> Domain:
    region = region_of(scene.service, scene.subject.partition)
    if region is not None:
        return Domain(Presence.ALWAYS, fixed=(region,))
    return Domain(Presence.ALWAYS, space=regions(scene.subject.partition))


def _constant(_scene: Scene, facts: KeyFacts) -> Domain:
    return Domain(facts.presence, type=facts.type, fixed=(facts.constant or "",))


_SETTLED: Final = {
    Settled.PRINCIPAL: _of_principal,
    Settled.ACCOUNT: _of_account,
    Settled.RESOURCE: _of_resource,
    Settled.ENDPOINT: _of_endpoint,
    Settled.CONSTANT: _constant,
}
