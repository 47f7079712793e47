"""Every account of an organization: who is judged together, and who is not."""

from __future__ import annotations

import dataclasses
import gc
import json
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.snapshot import (
    Account,
    AccountState,
    Attachment,
    Organization,
    OrganizationSnapshot,
    Policy,
    PolicyTypeStatus,
    Unit,
)
from policies import catalogue
from policies.analysis import posture
from policies.analysis.guardrail import Guardrail
from policies.analysis.hierarchy import Levels, Unreadable
from policies.analysis.posture import assess, hangs_on_time, levels_of
from policies.analysis.proof import decide
from policies.analysis.verdict import Status, Verdict
from tests.policies.analysis.universe import FULL_ACCESS

MANAGEMENT = "111111111111"
ACCOUNTS = ("222222222222", "333333333333", "444444444444")
BLOCK = "s3:PutAccountPublicAccessBlock"
_NEVER = "SCPs never affect the management account."
(GUARDRAIL,) = catalogue.guardrails(ids=["prevent-s3-public-access"])


def organization(
    attached: dict[str, list[Any]], state: AccountState = AccountState.ACTIVE
) -> OrganizationSnapshot:
    """A root with units A and B: the first account in A, the others in B; SCPs by target."""
    units = (Unit("r-1", "Root", None), Unit("ou-a", "A", "r-1"), Unit("ou-b", "B", "r-1"))
    parents = ("ou-a", "ou-b", "ou-b")
    accounts = [Account(MANAGEMENT, "m", "m@example.com", AccountState.ACTIVE, "ou-a")]
    accounts += [
        Account(id, id, f"{id}@example.com", state, parent)
        for id, parent in zip(ACCOUNTS, parents, strict=True)
    ]
    targets = ("r-1", "ou-a", "ou-b", MANAGEMENT, *ACCOUNTS)
    policies = [Policy("p-full", "Full", "SERVICE_CONTROL_POLICY", True, FULL_ACCESS)]
    attachments = [Attachment("p-full", target) for target in targets]
    for target, statements in attached.items():
        content = json.dumps({"Version": "2012-10-17", "Statement": statements})
        policies.append(Policy(f"p-{target}", "Guard", "SERVICE_CONTROL_POLICY", False, content))
        attachments.append(Attachment(f"p-{target}", target))
    return OrganizationSnapshot(
        datetime(2026, 1, 1, tzinfo=UTC),
        Organization("o-exampleorg1", "aws", MANAGEMENT, "ALL"),
        PolicyTypeStatus.ENABLED,
        units,
        tuple(accounts),
        tuple(policies),
        tuple(attachments),
    )


def verdicts(snapshot: OrganizationSnapshot) -> dict[str, Verdict]:
    return {
        id: judged.for_account(id)[0]
        for judged in assess(snapshot, [GUARDRAIL])
        for id in judged.account_ids
    }


def statuses(snapshot: OrganizationSnapshot) -> list[Status]:
    found = verdicts(snapshot)
    return [found[id].status for id in ACCOUNTS]


def deny(**rest: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": BLOCK, "Resource": "*", **rest}


def decided(monkeypatch: pytest.MonkeyPatch, attached: dict[str, list[Any]]) -> int:
    """How many sets of levels are decided for the three accounts."""
    asked: list[Levels] = []

    def counted(guardrail: Guardrail, levels: Levels, *rest: Any) -> Verdict:
        asked.append(levels)
        return decide(guardrail, levels, *rest)

    monkeypatch.setattr(posture, "decide", counted)
    assess(organization(attached), [GUARDRAIL])
    return len(asked)


@pytest.mark.parametrize(
    ("condition", "hangs"),
    [
        ({"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}}, True),
        ({"NumericLessThan": {"AWS:epochTIME": "1800000000"}}, True),
        ({"Null": {"aws:TokenIssueTime": "true"}}, True),
        ({"StringEquals": {"aws:PrincipalTag/until": "${aws:CurrentTime}"}}, True),
        ({"StringEquals": {"aws:PrincipalTag/until": "overtime"}}, False),
        ({"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}, False),
    ],
)
def test_verdicts_may_hang_on_the_time_where_an_scp_asks_for_it(
    condition: dict[str, Any], hangs: bool
) -> None:
    denied = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}
    assert hangs_on_time(organization({"ou-b": [denied], "r-1": [{"Effect": "?"}]})) is hangs


def test_equal_levels_are_decided_once_wherever_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = {"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}
    assert decided(monkeypatch, {"r-1": [deny()]}) == 1
    assert decided(monkeypatch, {"r-1": [deny()], "ou-a": [elsewhere]}) == 1
    assert decided(monkeypatch, {"ou-a": [deny()]}) == 2
    assert decided(monkeypatch, {"ou-a": [deny()], ACCOUNTS[2]: [deny()]}) == 3


def test_accounts_are_decided_again_only_where_their_ids_or_paths_make_a_difference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    by_id = deny(Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNTS[1]}})
    by_path = deny(Condition={"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "*/ou-b/"}})
    own = deny(Condition={"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}})
    assert decided(monkeypatch, {"r-1": [by_id]}) == 2
    assert decided(monkeypatch, {"r-1": [by_path]}) == 2
    assert decided(monkeypatch, {"r-1": [own]}) == 1


def test_the_collector_runs_afterwards_where_it_ran_before() -> None:
    snapshot = organization({})
    assess(snapshot, [GUARDRAIL])
    assert gc.isenabled()
    gc.disable()
    try:
        assess(snapshot, [GUARDRAIL])
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_policy_of_a_sibling_unit_protects_nobody_else() -> None:
    found = statuses(organization({"ou-a": [deny()]}))
    assert found == [Status.ENFORCED, Status.MISSING, Status.MISSING]


def test_the_management_account_is_never_affected() -> None:
    found = verdicts(organization({"r-1": [deny()]}))
    assert found[MANAGEMENT].status is Status.NOT_APPLICABLE
    told = found[MANAGEMENT]
    assert (told.guardrail, told.reason) == (GUARDRAIL.id, _NEVER)


def test_accounts_that_are_not_active_are_judged_too() -> None:
    found = statuses(organization({"r-1": [deny()]}, AccountState.SUSPENDED))
    assert found == [Status.ENFORCED] * 3


def test_a_policy_that_names_an_account_tells_it_apart() -> None:
    condition = {"StringEquals": {"aws:PrincipalAccount": ACCOUNTS[1]}}
    found = statuses(organization({"r-1": [deny(Condition=condition)]}))
    assert found == [Status.MISSING, Status.ENFORCED, Status.MISSING]


def test_a_wildcard_over_account_ids_tells_them_apart() -> None:
    condition = {"StringLike": {"aws:PrincipalAccount": "3*"}}
    found = statuses(organization({"r-1": [deny(Condition=condition)]}))
    assert found == [Status.MISSING, Status.ENFORCED, Status.MISSING]


def test_a_policy_that_names_a_unit_by_its_path_tells_its_accounts_apart() -> None:
    condition = {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "*/ou-b/"}}
    found = statuses(organization({"r-1": [deny(Condition=condition)]}))
    assert found == [Status.MISSING, Status.ENFORCED, Status.ENFORCED]


def test_accounts_alike_share_their_verdicts_and_each_is_named_in_its_own() -> None:
    judged = assess(organization({}), [GUARDRAIL])
    together = next(one for one in judged if ACCOUNTS[1] in one.account_ids)
    assert together.account_ids == ACCOUNTS[1:]
    for id in together.account_ids:
        (witness,) = together.for_account(id)[0].witnesses
        assert f"::{id}:" in witness.principal_arn
        assert "${" not in json.dumps(witness.to_json())


def test_the_name_of_an_scp_is_the_same_for_each_account_whatever_it_holds() -> None:
    snapshot = organization({"r-1": [deny()]})
    name = f"of {ACCOUNTS[0]}, {ACCOUNTS[1]}, ${{Level0}} and o-exampleorg1/r-1/ou-b/"
    policies = (snapshot.policies[0], dataclasses.replace(snapshot.policies[1], name=name))
    found = verdicts(dataclasses.replace(snapshot, policies=policies))
    said = f'No request gets through: denied by SCP "{name}" (p-r-1) at r-1.'
    assert [found[id].reason for id in ACCOUNTS] == [said] * 3


def test_judged_by_one_account_for_many_each_has_what_is_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two sets of levels that tell no ids apart, judged for one account."""
    attached = {"ou-a": [deny(Condition={"StringEquals": {"aws:PrincipalTag/a": "b"}})]}
    subjects: set[str] = set()

    def noted(*question: Any) -> Verdict:
        subjects.add(question[2].account_id)
        return decide(*question)

    monkeypatch.setattr(posture, "decide", noted)
    found = verdicts(organization(attached))
    assert len(subjects) == 1
    for id, unit in zip(ACCOUNTS, ("ou-a", "ou-b", "ou-b"), strict=True):
        request = found[id].witnesses[0].to_json()
        context = request["context"]
        assert request["principal_arn"].split(":")[4] == id
        assert context["aws:PrincipalAccount"] == [id]
        assert context["aws:PrincipalOrgPaths"] == [f"o-exampleorg1/r-1/{unit}/"]


def test_evidence_names_the_target() -> None:
    found = verdicts(organization({"ou-a": [deny()], ACCOUNTS[1]: [deny()]}))
    assert [one.target_id for one in found[ACCOUNTS[0]].evidence] == ["ou-a"]
    assert [one.target_id for one in found[ACCOUNTS[1]].evidence] == [ACCOUNTS[1]]
    assert "at ou-a" in found[ACCOUNTS[0]].reason


def test_where_scps_have_no_effect_every_member_lacks_the_guardrail() -> None:
    snapshot = organization({"r-1": [deny()]})
    disabled = dataclasses.replace(snapshot, scp_status=PolicyTypeStatus.DISABLED)
    billing = dataclasses.replace(
        snapshot,
        organization=dataclasses.replace(snapshot.organization, feature_set="CONSOLIDATED_BILLING"),
    )
    assert statuses(disabled) == statuses(billing) == [Status.MISSING] * 3
    assert [verdicts(one)[ACCOUNTS[0]].reason for one in (disabled, billing)] == [
        "No SCP has any effect: the policy type SERVICE_CONTROL_POLICY is not enabled in the root.",
        "No SCP has any effect: the organization has consolidated billing only.",
    ]
    told = verdicts(billing)[ACCOUNTS[0]]
    assert (told.guardrail, told.open_actions) == (GUARDRAIL.id, (BLOCK,))
    (witness,) = told.witnesses
    assert (witness.action, witness.resource) == (BLOCK, "*")


def test_a_policy_that_is_no_json_leaves_its_accounts_open() -> None:
    snapshot = organization({"ou-b": []})
    found = statuses(snapshot)
    assert found == [Status.MISSING, Status.INDETERMINATE, Status.INDETERMINATE]
    (unreadable,) = levels_of(snapshot, ACCOUNTS[1])[1].unreadable
    assert unreadable == Unreadable("p-ou-b", "policy p-ou-b, Statement: is missing")


def test_judging_loads_no_framework() -> None:
    program = (
        "import sys, policies.analysis.posture; "
        "sys.exit(any(name.split('.')[0] in ('django', 'boto3', 'celery') "
        "for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", _PATH + program], check=False)
    assert done.returncode == 0


_PATH = f"import sys; sys.path.insert(0, {str(__import__('pathlib').Path.cwd())!r}); "


def test_accounts_judged_together_in_different_units_have_witnesses_of_their_own_place() -> None:
    found = verdicts(organization({}))
    paths = [
        found[id].witnesses[0].context["aws:PrincipalOrgPaths"] for id in (ACCOUNTS[0], ACCOUNTS[1])
    ]
    assert paths == [("o-exampleorg1/r-1/ou-a/",), ("o-exampleorg1/r-1/ou-b/",)]


def tagged(value: str, operator: str = "StringEquals") -> dict[str, Any]:
    return deny(Condition={operator: {"aws:PrincipalTag/home": value}})


def test_an_account_that_a_policy_variable_names_inside_a_text_is_told_apart() -> None:
    both = [tagged("a${aws:PrincipalAccount}"), tagged(f"a{ACCOUNTS[1]}", "StringNotEquals")]
    found = statuses(organization({"r-1": both}))
    assert found == [Status.PARTIAL, Status.ENFORCED, Status.PARTIAL]


def test_digits_beside_a_policy_variable_tell_accounts_apart() -> None:
    condition = {"StringNotLike": {"aws:PrincipalAccount": "3${aws:PrincipalTag/rest}"}}
    judged = assess(organization({"r-1": [deny(Condition=condition)]}), [GUARDRAIL])
    assert (ACCOUNTS[1],) in [one.account_ids for one in judged]


def test_ids_that_overlap_with_themselves_are_judged_one_by_one() -> None:
    both = [tagged("${aws:PrincipalAccount}2*", "StringLike"), tagged("2${aws:PrincipalAccount}*")]
    judged = assess(organization({"r-1": both}), [GUARDRAIL])
    assert all(len(one.account_ids) == 1 for one in judged)


def test_a_policy_that_was_not_read_leaves_open_what_hangs_on_it() -> None:
    found = organization({})
    unread = Policy("p-unread", "Unread", "SERVICE_CONTROL_POLICY", False, None)
    snapshot = dataclasses.replace(
        found,
        policies=(*found.policies, unread),
        attachments=(*found.attachments, Attachment("p-unread", "ou-b")),
    )
    verdicts = {
        id: one
        for each in assess(snapshot, [GUARDRAIL])
        for id in each.account_ids
        for one in each.verdicts
    }
    assert verdicts[ACCOUNTS[1]].status is Status.INDETERMINATE
    assert "p-unread: its content was not read" in verdicts[ACCOUNTS[1]].reason
    assert verdicts[ACCOUNTS[0]].status is Status.MISSING


def test_a_policy_of_another_type_is_none_of_the_levels() -> None:
    found = organization({})
    tags = Policy("p-tags", "Tags", "TAG_POLICY", False, "{}")
    snapshot = dataclasses.replace(
        found,
        policies=(*found.policies, tags),
        attachments=(*found.attachments, Attachment("p-tags", ACCOUNTS[0])),
    )
    levels = levels_of(snapshot, ACCOUNTS[0])
    assert [one.target_id for one in levels] == ["r-1", "ou-a", ACCOUNTS[0]]
    assert all(len(one.statements) == 1 and not one.unreadable for one in levels)
