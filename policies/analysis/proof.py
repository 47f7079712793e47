"""A guardrail against the levels of one account: a proof, or a request that gets through.

An account *lacks* the guardrail as soon as one request in scope gets through. Each action
is asked about twice: read in favour of whoever wants through, where no request found is a
proof; and read against them, where a request found is real. What is closed in the second
reading alone hangs on a point that AWS leaves undocumented, and is said to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    unclear = [one.answer for one in findings if isinstance(one.answer, Unclear)]
    opened = [one for one in findings if isinstance(one.answer, Open)]
    status, reason = _status(findings, opened, unclear, names)
    notes = colon_note(findings) if status is Status.ENFORCED else ()
    if not any(TOO_LONG in one.points for one in unclear):
        notes += also_note(found.answers(guardrail.also, _ALSO_STEPS))
    return Verdict(
        guardrail=guardrail.id,
        status=status,
        reason=reason,
        open_actions=_opened(opened),
        closed_actions=tuple([one.action for one in findings if isinstance(one.answer, Closed)]),
        witnesses=_witnesses(opened),
        evidence=evidence_of(findings),
        notes=notes,
    )


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


def _status(
    findings: Sequence[Finding],
    opened: Sequence[Finding],
    unclear: Sequence[Unclear],
    names: Mapping[str, str],
) -> tuple[Status, str]:
    if not opened and not unclear:
        return Status.ENFORCED, enforced_reason(findings, names)
    if opened and any(one.restricted for one in findings):
        return Status.PARTIAL, partial_reason(findings, names)
    if opened and not any(one.perhaps_restricted for one in findings):
        return Status.MISSING, missing_reason(findings)
    return Status.INDETERMINATE, indeterminate_reason(findings, names)


def _opened(findings: Iterable[Finding]) -> tuple[str, ...]:
    return tuple([one.action for one in findings if isinstance(one.answer, Open)])


def _witnesses(findings: Iterable[Finding]) -> tuple[Request, ...]:
    return tuple(
        [
            # As `_replace` does, in a fraction of the time.
            Request(one.action, *one.answer.witness[1:])
            for one in findings
            if isinstance(one.answer, Open)
        ]
    )
