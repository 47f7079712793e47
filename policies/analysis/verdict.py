"""The words in which the portal answers: status, evidence, witness, verdict."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, NamedTuple


class Status(enum.StrEnum):
    ENFORCED = "enforced"
    PARTIAL = "partial"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"
    INDETERMINATE = "indeterminate"

    @property
    def lacking(self) -> bool:
        """Whether an account with this status *lacks* the guardrail."""
        return self in (Status.PARTIAL, Status.MISSING, Status.INDETERMINATE)


class Effect(enum.StrEnum):
    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A statement that decides: which one, where it is attached, what it does.

    `statement` counts from 0. For a level at which nothing allows the request,
    `policy_id` is empty, `statement` is -1 and `effect` is Allow: the missing Allow.
    """

    policy_id: str
    statement: int
    sid: str | None
    target_id: str
    effect: Effect

    def to_json(self) -> dict[str, Any]:
        return {
            "policy_id": self.policy_id,
            "statement": self.statement,
            "sid": self.sid,
            "target_id": self.target_id,
            "effect": self.effect.value,
        }


class Request(NamedTuple):
    """One concrete request; keys of `context` are global or service condition keys.

    `resource` is `*` for an action without resource-level permissions.
    """

    action: str
    resource: str
    principal_arn: str
    context: Mapping[str, tuple[str, ...]] = MappingProxyType({})

    def to_json(self) -> dict[str, Any]:
        return self.with_context(_context_json(self.context))

    def with_context(self, context: Mapping[str, list[str]]) -> dict[str, Any]:
        return {
            "action": self.action,
            "resource": self.resource,
            "principal_arn": self.principal_arn,
            "context": context,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of one account and one guardrail.

    `witnesses` are requests in scope that get through, at most one per open action.
    """

    guardrail: str
    status: Status
    reason: str
    open_actions: tuple[str, ...] = ()
    closed_actions: tuple[str, ...] = ()
    witnesses: tuple[Request, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The verdict as `assess --format json` and the API print it, without the account."""
        return {
            "guardrail": self.guardrail,
            "status": self.status.value,
            "reason": self.reason,
            "open_actions": list(self.open_actions),
            "closed_actions": list(self.closed_actions),
            "witnesses": self._witnesses_json(),
            "evidence": [one.to_json() for one in self.evidence],
            "notes": list(self.notes),
        }

    def _witnesses_json(self) -> list[dict[str, Any]]:
        # Many share one context; written once, it is the same object in each.
        contexts = {id(one.context): one.context for one in self.witnesses}
        written = {key: _context_json(context) for key, context in contexts.items()}
        return [one.with_context(written[id(one.context)]) for one in self.witnesses]

    def rewritten(self, rewrite: Callable[[str], str]) -> Verdict:
        """The same verdict with every text that may name an account or a target rewritten."""
        # Many actions share what they are asked for by whom, and with which context.
        texts = _Rewritten(rewrite)
        contexts = {id(one.context): one.context for one in self.witnesses}
        written = {key: _context(context, texts) for key, context in contexts.items()}
        witnesses = tuple(
            Request(
                one.action,
                texts[one.resource],
                texts[one.principal_arn],
                written[id(one.context)],
            )
            for one in self.witnesses
        )
        return replace(
            self,
            reason=rewrite(self.reason),
            witnesses=witnesses,
            # As `replace` does, in a fraction of the time.
            evidence=tuple(
                Evidence(one.policy_id, one.statement, one.sid, texts[one.target_id], one.effect)
                for one in self.evidence
            ),
            notes=tuple(map(rewrite, self.notes)),
        )


class _Rewritten(dict[str, str]):
    """Texts as they are once rewritten, each rewritten once."""

    def __init__(self, rewrite: Callable[[str], str]) -> None:
        self._rewrite = rewrite

    def __missing__(self, text: str) -> str:
        made = self[text] = self._rewrite(text)
        return made


def _context_json(context: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    return {key: list(values) for key, values in sorted(context.items())}


def _context(
    context: Mapping[str, tuple[str, ...]], texts: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    return {key: tuple([texts[one] for one in values]) for key, values in context.items()}
