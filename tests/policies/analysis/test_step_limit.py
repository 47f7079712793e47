"""A search that would take too long: it ends, it says so, and always at the same step."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.hard_policies import hard_levels
from policies import catalogue
from policies.analysis.answers import TOO_LONG, Unclear
from policies.analysis.findings import Findings
from policies.analysis.proof import decide
from policies.analysis.statement import Statement
from policies.analysis.verdict import Effect, Status
from tests.policies.analysis.universe import SUBJECT

(GUARDRAIL,) = catalogue.guardrails(ids=["prevent-s3-public-access"])
HARD = hard_levels("six keys in each condition", levels=2, policies=2)


def test_a_search_that_takes_too_long_ends_and_says_so() -> None:
    (finding,) = Findings(GUARDRAIL, HARD, SUBJECT).of(GUARDRAIL.actions, 50)
    assert finding.answer == Unclear((TOO_LONG,))


def test_the_answer_does_not_depend_on_what_was_asked_before() -> None:
    limits = (50, 400, 1_000, 2_000, 4_000, 8_000)

    def answers() -> list[str]:
        found = (Findings(GUARDRAIL, HARD, SUBJECT).of(GUARDRAIL.actions, n) for n in limits)
        return [repr(type(one.answer)) for (one,) in found]

    first = answers()
    assert answers() == first


def test_what_few_of_thousands_close_is_proved_by_these() -> None:
    levels = hard_levels("policy variables")
    for guardrail in catalogue.guardrails():
        verdict = decide(guardrail, levels, SUBJECT, {})
        assert verdict.status is Status.ENFORCED
        assert 0 < len(verdict.evidence) < 100


def test_what_is_too_hard_is_never_called_enforced() -> None:
    levels = hard_levels("six keys in each condition")
    verdict = decide(GUARDRAIL, levels, SUBJECT, {})
    assert verdict.status is Status.INDETERMINATE
    assert TOO_LONG.clause in verdict.reason


def test_what_is_not_required_is_not_asked_about_where_the_required_takes_too_long() -> None:
    """Here it would be found open at once: all Denies are of the other action."""
    hard = hard_levels("six keys in each condition")
    levels = tuple(
        replace(level, statements=tuple(map(_of_the_required_alone, level.statements)))
        for level in hard
    )
    verdict = decide(GUARDRAIL, levels, SUBJECT, {})
    assert TOO_LONG.clause in verdict.reason
    assert verdict.notes == ()


def _of_the_required_alone(statement: Statement) -> Statement:
    if statement.effect is Effect.ALLOW:
        return statement
    return replace(statement, actions=tuple(one.lower() for one in GUARDRAIL.actions))
