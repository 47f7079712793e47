"""What a verdict says when the engine itself is at its end, and how it is written down."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from policies import catalogue
from policies.analysis import asking, findings, parts, search
from policies.analysis.answers import TOO_LONG
from policies.analysis.document import parse
from policies.analysis.evaluation import Decision
from policies.analysis.guardrail import Guardrail, Parameters
from policies.analysis.hierarchy import Level
from policies.analysis.posture import assess
from policies.analysis.proof import decide, without_scps
from policies.analysis.reasons import COLON_NOTE, what_is_open
from policies.analysis.spaces import REGIONS
from policies.analysis.verdict import Effect, Evidence, Status, Verdict
from policies.analysis.walks import StepLimit
from tests.factories import ROOT, Scp, organization
from tests.policies.analysis import universe
from tests.policies.analysis.universe import FULL_ACCESS, SUBJECT
from tests.policies.analysis.writing import EVERYTHING, allow, deny, levels

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
    named = 'A is open; closed: B, by SCP "x; closed: y" (p-1) at ou-1.'
    assert what_is_open(named) == "A is open."
    assert what_is_open("No SCP in force stops anyone from A.").endswith("from A.")


ODD = "a; closed: `x`, by b"


def shared(*scps: Scp) -> str:
    """What accounts share of the reason for the first one's verdict; no-break spaces as spaces."""
    [judged, *_] = assess(organization(scps=scps), [universe.GUARDRAIL])
    return what_is_open(judged.verdicts[0].reason).replace("\N{NO-BREAK SPACE}", " ")


def test_what_is_open_is_told_whole_whatever_an_scp_is_called() -> None:
    by_team = Scp(ODD, json.dumps({"Statement": deny(STOP, Condition=BY_TEAM)}))
    told = (
        f'`{STOP}` is open with aws:PrincipalTag/team = `ops`, which SCP "{ODD}" (p-scp00001) at '
        f"{ROOT} (statement 0) leaves out by StringNotEquals aws:PrincipalTag/team `ops`; nothing "
        "stops "
    )
    assert shared(by_team) == f"{told}`{PASSWORDS}` and `{DELETE}`."
    closes = Scp(ODD, json.dumps({"Statement": deny(DELETE)}))
    assert shared(by_team, closes) == f"{told}`{PASSWORDS}`."


def test_what_a_verdict_hangs_on_is_told_whole_whatever_it_is_compared_with() -> None:
    odd = {"StringResembles": {"aws:PrincipalTag/team": ODD}}
    assert f"`{ODD}`" in shared(Scp(ODD, json.dumps({"Statement": deny(Condition=odd)})))


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


STOP, PASSWORDS, DELETE = universe.GUARDRAIL.actions
BY_TEAM = {"StringNotEquals": {"aws:PrincipalTag/team": "ops"}}
UNKNOWN = {"StringResembles": {"aws:PrincipalTag/team": "ops"}}


def said(*each: list[dict[str, Any]], guardrail: Guardrail = universe.GUARDRAIL) -> str:
    return decide(guardrail, levels(*each), SUBJECT, {"p-0": "One", "p-1": "Two"}).reason


def test_what_some_get_through_with_is_told_before_what_nothing_stops() -> None:
    assert said([EVERYTHING, deny(STOP, Condition=BY_TEAM)]) == (
        f'`{STOP}` is open with aws:PrincipalTag/team = `ops`, which SCP "One" (p-0) at level-0 '
        "(statement 1) leaves out by StringNotEquals aws:PrincipalTag/team `ops`; "
        f"nothing stops `{PASSWORDS}` and `{DELETE}`."
    )


def test_beside_what_is_open_and_closed_it_tells_what_is_unclear() -> None:
    odd, plain = deny(PASSWORDS, Condition=UNKNOWN), deny(DELETE)
    assert said([EVERYTHING, odd, plain]) == (
        f'`{STOP}` is open; closed: `{DELETE}`, by SCP "One" (p-0) at level-0. '
        f'Whether `{PASSWORDS}` can get through hangs on: SCP "One" (p-0) at level-0 (statement 1,'
        " StringResembles aws:PrincipalTag/team `ops`): the portal does not know the operator "
        "`StringResembles`."
    )


def test_where_it_is_not_sure_that_anything_is_stopped_each_point_is_told_once() -> None:
    odd = deny([PASSWORDS, DELETE], Condition=UNKNOWN)
    other = deny(DELETE, Condition={"Resembles": {"aws:username": "x"}})
    by = 'SCP "One" (p-0) at level-0'
    assert said([EVERYTHING, odd, other]) == (
        f"`{STOP}` is open. Whether `{PASSWORDS}` and `{DELETE}` can get through hangs on: "
        f"{by} (statement 1, StringResembles aws:PrincipalTag/team `ops`): the portal does not "
        f"know the operator `StringResembles`; {by} (statement 2, Resembles aws:username `x`): "
        "the portal does not know the operator `Resembles`."
    )


def test_what_closes_several_actions_is_told_of_all_of_them() -> None:
    closed = f"`{STOP}` is open; closed: `{PASSWORDS}` and `{DELETE}`"
    by = 'by SCP "One" (p-0) at level-0 and SCP "Two" (p-1) at level-1'
    assert said([EVERYTHING, deny(PASSWORDS)], [EVERYTHING, deny(DELETE)]) == f"{closed}, {by}."


def test_what_only_several_close_together_is_told_of_all_of_them() -> None:
    roles = {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}
    denies = [deny(Condition={operator: roles}) for operator in ("ArnLike", "ArnNotLike")]
    assert said(*([EVERYTHING, one] for one in denies)) == (
        'No request gets through: denied by SCP "One" (p-0) at level-0 and SCP "Two" (p-1) at '
        "level-1."
    )


def test_where_nothing_is_in_the_way_of_anyone_the_actions_are_told() -> None:
    assert said([EVERYTHING]) == (
        f"No SCP in force stops anyone from `{STOP}`, `{PASSWORDS}` and `{DELETE}`."
    )


def test_where_all_is_open_it_is_told_what_may_be_stopped_nevertheless() -> None:
    nowhere = {"StringLike": {"aws:RequestedRegion": "zz-*"}}
    assert said([EVERYTHING, deny(STOP, Condition=nowhere)]) == (
        f"`{STOP}`, `{PASSWORDS}` and `{DELETE}` are open; whether any request is stopped hangs "
        'on: SCP "One" (p-0) at level-0 (statement 1, StringLike aws:RequestedRegion `zz-*`): by '
        "AWS's documentation no request is sent that it speaks of."
    )


def test_of_two_levels_that_allow_nothing_either_is_enough() -> None:
    assert said([], [EVERYTHING], []) == (
        "No request gets through: nothing attached at level-0 or level-2 allows it."
    )


def test_where_some_actions_are_not_allowed_every_level_is_told_at_which_they_are_not() -> None:
    only = [allow(STOP)]
    assert said(only, [EVERYTHING], only).endswith(
        f"; closed: `{PASSWORDS}` and `{DELETE}`, since nothing attached at level-0 or level-2 "
        "allows it."
    )


def test_a_name_that_holds_colons_is_told_whole() -> None:
    sidestepped = {"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/InfoSec*"}}
    with_colons = replace(universe.GUARDRAIL, parameters=Parameters(colon_paths=True))
    reason = said([EVERYTHING, deny(Condition=sidestepped)], guardrail=with_colons)
    assert re.search(r" to `(role|user)/[^`]*:role/InfoSec[^`]*`, which SCP", reason)


def test_a_hole_in_what_a_deny_is_about_tells_less_than_one_in_its_condition() -> None:
    one_trail = deny(STOP, "arn:aws:cloudtrail:*:*:trail/main")
    for denies in ([one_trail, deny(Condition=BY_TEAM)], [deny(Condition=BY_TEAM), one_trail]):
        reason = said([EVERYTHING, *denies])
        assert "leaves out by StringNotEquals aws:PrincipalTag/team `ops`" in reason
        assert "is about Resource" not in reason


def test_a_value_that_says_not_exempts_nobody() -> None:
    about = deny(STOP, Condition={"StringEquals": {"aws:PrincipalTag/team": "Not ops"}})
    assert (
        'is open without aws:PrincipalTag/team, since SCP "One" (p-0) at level-0 (statement 1) '
        "is about StringEquals aws:PrincipalTag/team `Not ops` alone"
    ) in said([EVERYTHING, about])


def test_a_region_that_there_is_not_is_told_by_the_resource_alone() -> None:
    known = [f"arn:aws:cloudtrail:{one}:*:trail/*" for one in REGIONS["aws"]]
    assert said([EVERYTHING, deny(STOP, known), deny([PASSWORDS, DELETE])]) == (
        f"Whether `{STOP}` can get through hangs on: only a request on "
        "`arn:aws:cloudtrail:bb-b-0:222222222222:trail/bbb` would, and by AWS's documentation none "
        "is sent."
    )


def exempting(pattern: str) -> Guardrail:
    """Two actions, one of which users alone can call."""
    on_users = ("arn:${Partition}:iam::${Account}:user/*",)
    return replace(
        universe.GUARDRAIL,
        actions={"iam:ChangePassword": on_users, PASSWORDS: ()},
        parameters=Parameters(exempt_principals=(pattern,)),
    )


def test_where_everyone_is_exempt_no_request_is_meant() -> None:
    everyone = exempting("arn:*:*:*:*:*")
    assert said([EVERYTHING], guardrail=everyone) == (
        "No request is meant: every principal is exempt."
    )


def test_what_none_but_the_exempt_can_ask_for_is_stopped_by_nothing() -> None:
    users = exempting("arn:*:iam::*:user/*")
    found = decide(users, levels([EVERYTHING]), SUBJECT, {})
    assert found.status is Status.MISSING
    assert (found.open_actions, found.closed_actions) == ((PASSWORDS,), ("iam:ChangePassword",))
    off = without_scps(users, SUBJECT, "they are turned off")
    assert off.open_actions == (PASSWORDS,)
    assert [one.action for one in off.witnesses] == [PASSWORDS]
    assert said([EVERYTHING, deny(PASSWORDS, Condition=BY_TEAM)], guardrail=users).endswith(
        "; closed: `iam:ChangePassword`."
    )


def test_the_evidence_is_that_of_all_actions() -> None:
    denies = [deny(STOP, Sid="Stop"), deny(DELETE)]
    found = decide(universe.GUARDRAIL, levels([EVERYTHING, *denies]), SUBJECT, {})
    assert found.evidence == (
        Evidence("p-0", 1, "Stop", "level-0", Effect.DENY),
        Evidence("p-0", 2, None, "level-0", Effect.DENY),
    )
