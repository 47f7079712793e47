"""What a verdict says when the engine itself is at its end, and how it is written down."""

from __future__ import annotations

import json

import pytest

from policies import catalogue
from policies.analysis import asking, findings, parts, search
from policies.analysis.answers import TOO_LONG
from policies.analysis.document import parse
from policies.analysis.evaluation import Decision
from policies.analysis.hierarchy import Level
from policies.analysis.proof import decide
from policies.analysis.reasons import COLON_NOTE, what_is_open
from policies.analysis.verdict import Status, Verdict
from policies.analysis.walks import StepLimit
from tests.policies.analysis.universe import FULL_ACCESS, SUBJECT

(GUARDRAIL,) = catalogue.guardrails(ids=["prevent-s3-public-access"])
EXEMPT = """{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*",
 "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "%s"}}}}"""


def verdict(*texts: str) -> Verdict:
    found = (statement for at, text in enumerate(texts) for statement in parse(f"p-{at}", text))
    return decide(GUARDRAIL, (Level("r-ab12", tuple(found)),), SUBJECT, {"p-1": "Block public"})


def test_where_search_and_evaluation_disagree_nothing_is_claimed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    decided = Decision.EXPLICIT_DENY, ()
    monkeypatch.setattr(findings, "decision_of", lambda request, levels: decided)
    found = verdict(FULL_ACCESS)
    assert (found.status, found.witnesses) == (Status.INDETERMINATE, ())
    assert findings.FAULT in found.reason


def test_what_the_evaluation_leaves_open_is_what_the_verdict_hangs_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    decided = Decision.INDETERMINATE, ("AWS does not say",)
    monkeypatch.setattr(findings, "decision_of", lambda request, levels: decided)
    found = verdict(FULL_ACCESS)
    assert found.status is Status.INDETERMINATE
    assert found.reason.endswith("hangs on: AWS does not say.")


def test_a_hole_that_takes_too_long_to_explain_stays_a_hole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def endless(*_: object) -> None:
        raise StepLimit

    monkeypatch.setattr(asking.Asked, "allowing", endless)
    found = verdict(FULL_ACCESS, EXEMPT % "ops")
    assert found.status is Status.PARTIAL
    assert 'SCP "Block public" (p-1) at r-ab12 (statement 0)' in found.reason
    listed = verdict((EXEMPT % "ops").replace("Deny", "Allow"))
    assert listed.reason == "`s3:PutAccountPublicAccessBlock` is open."


def test_doubts_that_take_too_long_to_find_are_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_: object) -> None:
        raise StepLimit

    unknown = EXEMPT.replace("StringNotEquals", "StringResembles") % "ops"
    monkeypatch.setattr(asking.Asked, "meets", endless)
    monkeypatch.setattr(asking.Asked, "doubts", endless)
    found = verdict(FULL_ACCESS, unknown.replace("aws:PrincipalTag/team", "aws:username"))
    assert found.status is not Status.ENFORCED
    assert TOO_LONG.clause in found.reason


def test_a_search_too_deep_for_the_interpreter_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_DEEPEST", 0)
    monkeypatch.setattr(parts, "_MOST_SHARED", 1)
    found = verdict(FULL_ACCESS, EXEMPT % "ops", EXEMPT % "dev")
    assert found.status is Status.INDETERMINATE
    assert TOO_LONG.clause in found.reason


def test_accounts_that_lack_alike_share_what_is_open() -> None:
    assert what_is_open("A is open; closed: B, by SCP p-1 at ou-1.") == "A is open."
    assert what_is_open("No SCP in force stops anyone from A.").endswith("from A.")


def test_a_verdict_is_written_down_whole() -> None:
    found = verdict(FULL_ACCESS, EXEMPT % "ops")
    written = json.loads(json.dumps(found.to_json()))
    assert written["status"] == "partial"
    assert found.status.lacking
    assert written["witnesses"][0]["context"]["aws:PrincipalTag/team"] == ["ops"]
    assert written["evidence"] == [
        {
            "policy_id": "p-1",
            "statement": 0,
            "sid": None,
            "target_id": "r-ab12",
            "effect": "Deny",
        }
    ]


def test_what_is_not_required_is_told_in_a_note() -> None:
    block = '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"%s","Resource":"*"}}'
    beside = ("s3:PutBucketPublicAccessBlock", "Also closed, though not required: `%s`.")
    assert verdict(FULL_ACCESS, block % "s3:*").notes == (beside[1] % beside[0],)
    assert verdict(FULL_ACCESS).notes == (
        f"Also open, though not required to be closed: `{beside[0]}`.",
    )


def test_a_doubt_on_the_required_keeps_no_note_from_being_told() -> None:
    odd = (
        '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:PutAccount*",'
        '"Resource":"*","Condition":{"StringResembles":{"aws:PrincipalArn":"x"}}}}'
    )
    found = verdict(FULL_ACCESS, odd)
    assert (found.guardrail, found.status) == (GUARDRAIL.id, Status.INDETERMINATE)
    assert len(found.notes) == 1


def test_what_sidesteps_by_a_colon_is_noted_only_where_all_seems_closed() -> None:
    (guardrail,) = catalogue.guardrails(ids=["prevent-login-profiles"])

    def notes(*actions: str) -> str:
        deny = {
            "Effect": "Deny",
            "Action": actions,
            "Resource": "*",
            "Condition": {"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/InfoSec*"}},
        }
        text = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
        statements = (*parse("p-0", FULL_ACCESS), *parse("p-1", text))
        found = decide(guardrail, (Level("r-ab12", statements),), SUBJECT, {})
        return " ".join(found.notes)

    assert COLON_NOTE in notes(*guardrail.actions)
    assert COLON_NOTE not in notes("iam:CreateLoginProfile")
