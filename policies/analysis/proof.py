"""A guardrail against the levels of one account: a proof, or a request that gets through.

An account *lacks* the guardrail as soon as one request in scope gets through. Each action
is asked about twice: read in favour of whoever wants through, where no request found is a
proof; and read against them, where a request found is real. What is closed in the second
reading alone hangs on a point that AWS leaves undocumented, and is said to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from policies.analysis.answers import TOO_LONG, Closed, Finding, Open, Unclear, evidence_of
from policies.analysis.findings import Findings
from policies.analysis.guardrail import Guardrail
from policies.analysis.hierarchy import Levels
from policies.analysis.reasons import (
    also_note,
    colon_note,
    enforced_reason,
    indeterminate_reason,
    missing_reason,
    partial_reason,
)
from policies.analysis.subject import Subject
from policies.analysis.verdict import Request, Status, Verdict
from policies.analysis.walks import STEP_LIMIT

# What is not required must not take as long as what is.
_ALSO_STEPS: Final = STEP_LIMIT // 6


def decide(
    guardrail: Guardrail, levels: Levels, subject: Subject, names: Mapping[str, str]
) -> Verdict:
    """The verdict for one account; `names` gives each policy's name by its id."""
    found = Findings(guardrail, levels, subject)
    findings = found.of(guardrail.actions)
    verdict = _verdict(guardrail, findings, names)
    if any(_took_too_long(one) for one in findings):
        return verdict
    also = also_note(found.answers(guardrail.also, _ALSO_STEPS))
    return replace(verdict, notes=verdict.notes + also)


def _took_too_long(finding: Finding) -> bool:
    return isinstance(finding.answer, Unclear) and TOO_LONG in finding.answer.points


def management_account(guardrail: Guardrail) -> Verdict:
    """Source: AWS Organizations User Guide, "Tasks and entities not restricted by SCPs"."""
    reason = "SCPs never affect the management account."
    return Verdict(guardrail.id, Status.NOT_APPLICABLE, reason)


def without_scps(guardrail: Guardrail, subject: Subject, why: str) -> Verdict:
    """The verdict where no SCP has any effect; `why` is a clause."""
    findings = Findings(guardrail, (), subject).of(guardrail.actions)
    return Verdict(
        guardrail.id,
        Status.MISSING,
        f"No SCP has any effect: {why}.",
        open_actions=_opened(findings),
        witnesses=_witnesses(findings),
    )


def _verdict(
    guardrail: Guardrail, findings: Sequence[Finding], names: Mapping[str, str]
) -> Verdict:
    status, reason = _status(findings, names)
    return Verdict(
        guardrail=guardrail.id,
        status=status,
        reason=reason,
        open_actions=_opened(findings),
        closed_actions=tuple(one.action for one in findings if isinstance(one.answer, Closed)),
        witnesses=_witnesses(findings),
        evidence=evidence_of(findings),
        notes=colon_note(findings) if status is Status.ENFORCED else (),
    )


def _status(findings: Sequence[Finding], names: Mapping[str, str]) -> tuple[Status, str]:
    opened = [one for one in findings if isinstance(one.answer, Open)]
    unclear = [one for one in findings if isinstance(one.answer, Unclear)]
    if not opened and not unclear:
        return Status.ENFORCED, enforced_reason(findings, names)
    if opened and any(one.restricted for one in findings):
        return Status.PARTIAL, partial_reason(findings, names)
    if opened and not any(one.perhaps_restricted for one in findings):
        return Status.MISSING, missing_reason(findings)
    return Status.INDETERMINATE, indeterminate_reason(findings, names)


def _opened(findings: Sequence[Finding]) -> tuple[str, ...]:
    return tuple(one.action for one in findings if isinstance(one.answer, Open))


def _witnesses(findings: Sequence[Finding]) -> tuple[Request, ...]:
    return tuple(
        _witness(one.action, one.answer.witness) for one in findings if isinstance(one.answer, Open)
    )


def _witness(action: str, found: Request) -> Request:
    # As `_replace` does, in a fraction of the time.
    return Request(action, *found[1:])
