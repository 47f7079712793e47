"""The sentences of a verdict: what is open, to whom or where, and which SCP to look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from policies.analysis.answers import (
    TOO_LONG,
    Answer,
    Closed,
    Doubt,
    Finding,
    Open,
    Point,
    Unclear,
    Unsent,
    evidence_of,
)
from policies.analysis.scene import PRINCIPAL, RESOURCE
from policies.analysis.spaces import Kind
from policies.analysis.spelling import spelled
from policies.analysis.verdict import Evidence

_SHOWN: Final = 3
_CLOSED: Final = "; closed: "
Names = Mapping[str, str]

COLON_NOTE: Final = (
    "An IAM user whose path holds `:role/` sidesteps this: in StringNotLike a `*` spans "
    "everything. Name the account with `${aws:PrincipalAccount}` instead of `*`."
)


def enforced_reason(findings: Sequence[Finding], names: Names) -> str:
    found = evidence_of(findings)
    denies = [one for one in found if one.policy_id]
    if denies:
        return f"No request gets through: denied by {_listed(_policies(denies, names), 'and')}."
    if not found:
        return "No request is meant: every principal is exempt."
    targets = dict.fromkeys(one.target_id for one in found)
    return f"No request gets through: nothing attached at {_listed(targets, 'or')} allows it."


def missing_reason(findings: Sequence[Finding]) -> str:
    actions = _actions(one.action for one in findings)
    return f"No SCP in force stops anyone from {actions}."


def partial_reason(findings: Sequence[Finding], names: Names) -> str:
    by_hole: dict[str, list[str]] = {}
    unhindered = []
    for one in findings:
        if isinstance(one.answer, Open) and one.perhaps_restricted:
            by_hole.setdefault(_hole(one.answer, names), []).append(one.action)
        elif isinstance(one.answer, Open):
            unhindered.append(one.action)
    if unhindered and not by_hole:
        by_hole[""], unhindered = unhindered, []
    clauses = [
        f"{_actions(actions)} {_are(actions)} open{hole}" for hole, actions in by_hole.items()
    ]
    if unhindered:
        clauses.append(f"nothing stops {_actions(unhindered)}")
    sentence = kept_together("; ".join(clauses))
    closed = [one for one in findings if isinstance(one.answer, Closed)]
    if closed:
        sentence += f"{_CLOSED}{_actions(one.action for one in closed)}"
        sentence += _closed_by(evidence_of(closed), names)
    if any(isinstance(one.answer, Unclear) for one in findings):
        return f"{sentence}. {_unclear(findings, names)}"
    return f"{sentence}."


def what_is_open(reason: str) -> str:
    """A reason as far as it says what is open: what accounts that lack a guardrail alike share.

    Which SCPs close the rest, and where they are attached, differs from OU to OU.
    """
    shared, closed, _ = reason.partition(_CLOSED)
    return f"{shared}." if closed else reason


def kept_together(text: str) -> str:
    """The text, of which `what_is_open` then cuts nothing off.

    A name or a value that holds what stands before the rest keeps its looks: its spaces are made
    no-break spaces.
    """
    return text.replace(_CLOSED, _CLOSED.replace(" ", "\N{NO-BREAK SPACE}"))


def indeterminate_reason(findings: Sequence[Finding], names: Names) -> str:
    opened = [one for one in findings if isinstance(one.answer, Open)]
    if not opened:
        return _unclear(findings, names)
    actions = [one.action for one in opened]
    sentence = f"{_actions(actions)} {_are(actions)} open"
    if len(opened) < len(findings):
        return f"{sentence}. {_unclear(findings, names)}"
    doubts = [doubt for one in findings for doubt in one.doubts]
    return f"{sentence}; whether any request is stopped hangs on: {_hangs(doubts, names)}."


def _unclear(findings: Sequence[Finding], names: Names) -> str:
    """Of the actions of which it is not known whether they are open, what that hangs on."""
    unclear = [one for one in findings if isinstance(one.answer, Unclear)]
    points: list[Point] = [
        point for one in unclear if isinstance(one.answer, Unclear) for point in one.answer.points
    ]
    actions = _actions(one.action for one in unclear)
    if all(one == TOO_LONG for one in points):
        return f"Whether {actions} can get through could not be settled: {TOO_LONG.clause}."
    return f"Whether {actions} can get through hangs on: {_hangs(points, names)}."


def _hangs(points: Sequence[Point], names: Names) -> str:
    return kept_together("; ".join(_said(points, names)[:_SHOWN]))


def _said(points: Sequence[Point], names: Names) -> list[str]:
    """Each point once; requests that none sends together where but the principals differ."""
    said = dict.fromkeys(_doubt(one, names) for one in points if isinstance(one, Doubt))
    principals: dict[tuple[str, str], dict[str, None]] = {}
    for one in points:
        if isinstance(one, Unsent):
            principals.setdefault((one.resource, one.carried), {})[one.principal_arn] = None
    for (resource, carried), found in principals.items():
        asked = f"on `{resource}` " if resource != "*" else ""
        # A request that nobody sends, whoever it is by, need not say by whom.
        by = "" if len(found) == len(Kind) else f"by {_listed(map(_quoted, found), 'or')} "
        carrying = f"with {carried} " if carried else ""
        said[
            f"only a request {asked}{by}{carrying}would, and by AWS's documentation none is sent"
        ] = None
    return list(said)


def _doubt(doubt: Doubt, names: Names) -> str:
    if doubt.evidence is None:
        return doubt.clause
    return f"{_where(doubt.evidence, names, doubt.words)}: {doubt.clause}"


def colon_note(findings: Sequence[Finding]) -> tuple[str, ...]:
    return (COLON_NOTE,) if any(one.open_by_colon for one in findings) else ()


def also_note(answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """What is not required but belongs together with it."""
    closed = [action for action, answer in answers.items() if isinstance(answer, Closed)]
    opened = [action for action, answer in answers.items() if isinstance(answer, Open)]
    notes = []
    if closed:
        notes.append(f"Also closed, though not required: {_actions(closed)}.")
    if opened:
        notes.append(f"Also open, though not required to be closed: {_actions(opened)}.")
    return tuple(notes)


def _hole(answer: Open, names: Names) -> str:
    """To whom, on what or when it is open, and the statement that leaves it so."""
    if not answer.holes:
        return _let_through(answer, names)
    hole = min(answer.holes, key=lambda one: one.part.variable == RESOURCE)
    where, words = _where(hole.evidence, names), hole.part.words
    if _exempts(words):
        look = f", which {where} leaves out by {words}"
    else:
        look = f", since {where} is about {words} alone"
    return f" {_to_whom(answer, hole.part.variable)}{look}"


def _exempts(words: str) -> bool:
    """Whether a part says what a statement is not about, rather than what it is about."""
    return "Not" in words.partition(" ")[0]


def _to_whom(answer: Open, variable: str) -> str:
    witness = answer.witness
    if variable == PRINCIPAL:
        return f"to `{_tail(witness.principal_arn)}`"
    if variable == RESOURCE:
        return f"on `{_tail(witness.resource)}`"
    given = {key.lower(): values for key, values in witness.context.items()}
    values = given.get(variable, ())
    key = spelled(variable)
    return f"with {key} = {_listed(map(_quoted, values), 'and')}" if values else f"without {key}"


def _let_through(answer: Open, names: Names) -> str:
    """To whom it is open where no Deny is in the way, but some level does not allow all."""
    if not answer.allowed_by:
        return ""
    by = _listed((_where(one, names) for one in answer.allowed_by), "and")
    verb = "lets" if len(answer.allowed_by) == 1 else "let"
    return f" to `{_tail(answer.witness.principal_arn)}`, whom {by} {verb} through"


def _closed_by(evidence: Sequence[Evidence], names: Names) -> str:
    policies = _policies(evidence, names)
    if policies:
        return f", by {_listed(policies, 'and')}"
    targets = dict.fromkeys(one.target_id for one in evidence)
    return f", since nothing attached at {_listed(targets, 'or')} allows it" if targets else ""


def _tail(arn: str) -> str:
    return arn.split(":", 5)[-1]


def _where(evidence: Evidence, names: Names, words: str = "") -> str:
    place = f"statement {evidence.statement}" + (f", {words}" if words else "")
    return f"{_policy(evidence, names)} ({place})"


def _policy(evidence: Evidence, names: Names) -> str:
    name = names.get(evidence.policy_id)
    called = f'"{name}" ({evidence.policy_id})' if name else evidence.policy_id
    return f"SCP {called} at {evidence.target_id}"


def _policies(evidence: Iterable[Evidence], names: Names) -> list[str]:
    return list(dict.fromkeys(_policy(one, names) for one in evidence if one.policy_id))


def _quoted(text: str) -> str:
    return f"`{text}`"


def _actions(actions: Iterable[str]) -> str:
    found = list(actions)
    if len(found) > _SHOWN:
        shown = ", ".join(map(_quoted, found[: _SHOWN - 1]))
        return f"{shown} and {len(found) - _SHOWN + 1} more actions"
    return _listed(map(_quoted, found), "and")


def _are(found: Sequence[str]) -> str:
    return "is" if len(found) == 1 else "are"


def _listed(texts: Iterable[str], word: str) -> str:
    found = list(texts)
    if len(found) < 2:
        return "".join(found)
    return f"{', '.join(found[:-1])} {word} {found[-1]}"
