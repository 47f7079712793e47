"""Keys whose value is a part of the principal's or the resource's ARN.

What is asked of such a key is asked of the ARN instead, so that the two agree.
Source: IAM User Guide, "IAM policy elements: Variables and tags", table "Principal key
values"; CloudTrail API Reference, `InvalidHomeRegionException`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from policies.analysis.patterns import Language, Pattern, Wildcard, places, plain, wild
from policies.analysis.scene import PRINCIPAL, RESOURCE, Scene
from policies.analysis.spaces import Kind

_SLASH = frozenset("/")
_COLON = frozenset(":")


@dataclass(frozen=True, slots=True)
class Borrowed:
    """`language` are the ARNs whose part one of the patterns matches.

    Not `always`: AWS refuses requests in which the two disagree, but only later.
    """

    variable: str
    language: Callable[[Sequence[Pattern]], Language]
    always: bool = True


def lenders(key: str, scene: Scene) -> tuple[object, ...]:
    """What of the scene tells which ARNs the key's value may be a part of; empty if none."""
    if key == "aws:requestedregion" and scene.regional:
        return (scene.service, scene.subject.partition)
    if key in ("aws:username", "aws:userid"):
        return (scene.kind, scene.subject)
    return ()


def borrowing(key: str, scene: Scene) -> Borrowed | None:
    """Where the key's value comes from, if it is a part of an ARN."""
    subject = scene.subject
    if key == "aws:username" and scene.kind is Kind.USER:
        user = f"arn:{subject.partition}:iam::{subject.account_id}:user/"
        return Borrowed(PRINCIPAL, partial(_named, user))
    if key == "aws:userid" and scene.kind is Kind.FEDERATED_USER:
        user = f"arn:{subject.partition}:sts::{subject.account_id}:federated-user/"
        return Borrowed(PRINCIPAL, partial(_identified, user, f"{subject.account_id}:"))
    if key == "aws:requestedregion" and scene.regional:
        trail = f"arn:{subject.partition}:{scene.service}:"
        return Borrowed(RESOURCE, partial(_in_region, trail), always=False)
    return None


def _named(prefix: str, names: Sequence[Pattern]) -> Language:
    """Users whose name, which stands behind the last slash, is one of these."""
    return Language(
        places(plain(prefix)) + middle + places(name, but=_SLASH)
        for name in names
        for middle in ((), places((Wildcard.TEXT, "/")))
        if "/" not in name
    )


def _identified(prefix: str, identity: str, patterns: Sequence[Pattern]) -> Language:
    """Principals of this prefix whose rest, behind `identity`, a pattern matches."""
    return Language(
        places(plain(prefix)) + places(rest)
        for pattern in patterns
        for rest in _rests(pattern, identity)
    )


def _rests(pattern: Pattern, text: str) -> Iterator[Pattern]:
    """What is left of the pattern once it has read the text, in each way to read it."""
    if not text:
        yield pattern
        return
    if pattern and pattern[0] is Wildcard.TEXT:
        yield from _rests(pattern[1:], text)
        yield from _rests(pattern, text[1:])
    elif pattern and pattern[0] in (Wildcard.CHARACTER, text[0]):
        yield from _rests(pattern[1:], text[1:])


def _in_region(prefix: str, regions: Sequence[Pattern]) -> Language:
    """ARNs of this prefix that go on with one of the Regions."""
    return Language(
        places(plain(prefix)) + places(region, but=_COLON) + places(wild(":*"))
        for region in regions
        if ":" not in region
    )
