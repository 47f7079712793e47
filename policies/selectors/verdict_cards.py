"""The verdicts of one account, in full."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from policies.analysis.verdict import Status
from policies.models import AccountVersion, Verdict
from policies.selectors.headings import Heading, headings
from policies.selectors.placeholders import for_account
from policies.selectors.policy_text import Line, lines

# Lines of an SCP that a card shows whole; of a longer one it shows what decides.
_WHOLE: Final = 60
_AT_MOST: Final = 120


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """A statement that decides, or a level at which nothing allows.

    For the latter `policy_id` is empty. `statement` counts from 0.
    """

    effect: str
    policy_id: str
    policy_name: str
    statement: int
    sid: str
    target_id: str
    target_name: str


@dataclass(frozen=True, slots=True)
class DecidingText:
    """An SCP whose `statements`, counted from 0, decide; `lines` are its text or a part of it."""

    policy_id: str
    policy_name: str
    statements: frozenset[int]
    lines: Sequence[Line]
    whole: bool


@dataclass(frozen=True, slots=True)
class VerdictCard:
    guardrail: Heading
    status: Status
    # With roots and OUs by name.
    reason: str
    open_actions: Sequence[str]
    closed_actions: Sequence[str]
    # Each with action, resource, principal_arn and context: {key: [value, …]}.
    witnesses: Sequence[Mapping[str, Any]]
    evidence: Sequence[EvidenceLine]
    notes: Sequence[str]
    texts: Sequence[DecidingText] = ()
    # For a shell: asks AWS's simulator about the first witness.
    command: str = ""


# Where a reason names a target, and none of the names in it, which may hold anything.
_TARGET: Final = re.compile(
    r"(?:(?<= at )|(?<= or )|(?<=, ))(?:ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|r-[0-9a-z]{4,32})\b"
)


def by_name(reason: str, names: Mapping[str, str]) -> str:
    """The reason with roots and OUs by name; a name with a backtick would not stay apart."""

    def called(found: re.Match[str]) -> str:
        name = names.get(found[0], found[0])
        return found[0] if "`" in name else name

    return _TARGET.sub(called, reason)


def verdict_cards(
    account: AccountVersion, verdicts: Iterable[Verdict], names: Mapping[str, str]
) -> tuple[VerdictCard, ...]:
    """In the catalogue's order; `names` are those of policies and targets by id."""
    by_guardrail = {verdict.guardrail: verdict for verdict in verdicts}
    return tuple(
        _card(one, account.aws_id, by_guardrail[one.id], names)
        for one in headings()
        if one.id in by_guardrail
    )


def with_texts(card: VerdictCard, contents: Mapping[str, str]) -> VerdictCard:
    """The card with the SCPs that decide; `contents` are their texts by id."""
    statements: dict[str, set[int]] = {}
    names = {}
    for line in card.evidence:
        if line.policy_id in contents:
            statements.setdefault(line.policy_id, set()).add(line.statement)
            names[line.policy_id] = line.policy_name
    return replace(
        card,
        texts=[
            _deciding(policy_id, names[policy_id], frozenset(found), contents[policy_id])
            for policy_id, found in statements.items()
        ],
    )


def _deciding(policy_id: str, name: str, statements: frozenset[int], content: str) -> DecidingText:
    text = lines(content)
    shown = [one for one in text if one.statement in statements]
    whole = len(text) <= _WHOLE or not shown
    return DecidingText(policy_id, name, statements, (text if whole else shown)[:_AT_MOST], whole)


def _card(
    guardrail: Heading, account_id: str, verdict: Verdict, names: Mapping[str, str]
) -> VerdictCard:
    detail = for_account(verdict.detail, account_id)
    return VerdictCard(
        guardrail=guardrail,
        status=Status(verdict.status),
        reason=by_name(for_account(verdict.reason, account_id), names),
        open_actions=detail["open_actions"],
        closed_actions=detail["closed_actions"],
        witnesses=detail["witnesses"],
        evidence=[_line(one, names) for one in detail["evidence"]],
        notes=detail["notes"],
    )


def _line(evidence: Mapping[str, Any], names: Mapping[str, str]) -> EvidenceLine:
    policy_id, target_id = evidence["policy_id"], evidence["target_id"]
    return EvidenceLine(
        effect=evidence["effect"],
        policy_id=policy_id,
        policy_name=names.get(policy_id, policy_id),
        statement=evidence["statement"],
        sid=evidence["sid"] or "",
        target_id=target_id,
        target_name=names.get(target_id, target_id),
    )
