"""An account judged among others, and the same account judged alone."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from policies.analysis.marks import ACCOUNT_MARK, filling, name_mark
from policies.analysis.posture import assess, levels_of
from policies.analysis.proof import decide
from policies.analysis.subject import Subject
from policies.analysis.verdict import Status
from tests.policies.analysis.universe import ACCOUNT, FULL_ACCESS, GUARDRAIL, some_policy

# The world's policies name the second one.
ACCOUNTS: Final = ("100000000001", ACCOUNT, "333333333333", "444444444444", "555555555555")
UNITS: Final = ("r-ab12", "ou-ab12-11111111", "ou-ab12-22222222")
TAKEN_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)
# Statements that tell accounts apart by what the world's policies rarely name.
TELLING: Final = (
    {"StringEquals": {"aws:PrincipalAccount": "333333333333"}},
    {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::44*:role/Admin"}},
    {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "*/ou-ab12-22222222/"}},
    {"StringNotEquals": {"aws:PrincipalTag/home": "a${aws:PrincipalAccount}"}},
)


def _telling(chance: random.Random) -> str:
    actions = chance.sample(list(GUARDRAIL.actions), chance.choice((1, 2)))
    condition = chance.choice(TELLING)
    deny = {"Effect": "Deny", "Action": actions, "Resource": "*", "Condition": condition}
    return json.dumps({"Version": "2012-10-17", "Statement": deny})


def some_organization(chance: random.Random) -> OrganizationSnapshot:
    contents = [FULL_ACCESS]
    contents += [some_policy(chance, "Deny", chance.choice((1, 2))) for _ in range(3)]
    contents += [some_policy(chance, "Allow", 2), _telling(chance)]
    ids = [f"p-{number:08}" for number in range(len(contents))]
    targets = (*UNITS, *ACCOUNTS)
    attached = {Attachment(ids[0], one) for one in targets if chance.random() < 0.95}
    attached |= {Attachment(chance.choice(ids), chance.choice(targets)) for _ in range(6)}
    accounts = [Account(ACCOUNTS[0], "m", "m@example.com", AccountState.ACTIVE, UNITS[0])]
    accounts += [
        Account(id, id, f"{id}@example.com", AccountState.ACTIVE, chance.choice(UNITS))
        for id in ACCOUNTS[1:]
    ]
    # A name may hold anything, another account's id too.
    names = ["FullAWSAccess", *(f"of {chance.choice(ACCOUNTS)}" for _ in ids[1:])]
    return OrganizationSnapshot(
        TAKEN_AT,
        Organization("o-exampleorg1", "aws", ACCOUNTS[0], "ALL"),
        PolicyTypeStatus.ENABLED,
        (Unit(UNITS[0], "Root", None), *(Unit(one, one, UNITS[0]) for one in UNITS[1:])),
        tuple(accounts),
        tuple(
            Policy(id, name, "SERVICE_CONTROL_POLICY", False, content)
            for id, name, content in zip(ids, names, contents, strict=True)
        ),
        tuple(sorted(attached, key=lambda one: (one.target_id, one.policy_id))),
    )


def _subject(account: Account) -> Subject:
    below = "" if account.parent_id == UNITS[0] else f"{account.parent_id}/"
    path = f"o-exampleorg1/{UNITS[0]}/{below}"
    return Subject(account.id, "aws", "o-exampleorg1", ACCOUNTS[0], path, TAKEN_AT)


def _named(snapshot: OrganizationSnapshot) -> dict[str, str]:
    return {one.id: one.name for one in snapshot.policies}


@given(chance=st.integers(0, 2**32).map(random.Random))
def test_its_verdict_is_the_same(chance: random.Random) -> None:
    snapshot = some_organization(chance)
    names = _named(snapshot)
    judged = {id: one for one in assess(snapshot, [GUARDRAIL]) for id in one.account_ids}
    for account in snapshot.accounts[1:]:
        (together,) = judged[account.id].for_account(account.id)
        alone = decide(GUARDRAIL, levels_of(snapshot, account.id), _subject(account), names)
        assert together == alone


def of_one_policy(name: str, content: str) -> OrganizationSnapshot:
    """An organization in which it is attached to the root."""
    attached = [Attachment("p-full0000", one) for one in (UNITS[0], *ACCOUNTS)]
    return OrganizationSnapshot(
        TAKEN_AT,
        Organization("o-exampleorg1", "aws", ACCOUNTS[0], "ALL"),
        PolicyTypeStatus.ENABLED,
        (Unit(UNITS[0], "Root", None),),
        tuple(Account(id, id, "", AccountState.ACTIVE, UNITS[0]) for id in ACCOUNTS),
        (
            Policy("p-full0000", "FullAWSAccess", "SERVICE_CONTROL_POLICY", True, FULL_ACCESS),
            Policy("p-guard000", name, "SERVICE_CONTROL_POLICY", False, content),
        ),
        (*attached, Attachment("p-guard000", UNITS[0])),
    )


def by_agent(agent: str) -> str:
    """A Deny of all that others ask for; without a Version a text is no policy variable."""
    condition = {"StringNotEquals": {"aws:UserAgent": agent}}
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}
    return json.dumps({"Statement": deny}, ensure_ascii=False)


@pytest.mark.parametrize(
    "text", ["${Account}", "${Level0}", "${OrganizationPath}", "${NameOf p-guard000}", ACCOUNT]
)
def test_no_text_of_a_policy_is_taken_for_what_differs_between_accounts(text: str) -> None:
    snapshot = of_one_policy(f"only {text}", by_agent(text))
    judged = assess(snapshot, [GUARDRAIL])
    for account in snapshot.accounts[1:]:
        (together,) = next(
            one.for_account(account.id) for one in judged if account.id in one.account_ids
        )
        alone = decide(
            GUARDRAIL, levels_of(snapshot, account.id), _subject(account), _named(snapshot)
        )
        assert together == alone
        assert {one.context["aws:UserAgent"] for one in together.witnesses} == {(text,)}
        assert f'"only {text}"' in together.reason


@pytest.mark.parametrize("mark", [ACCOUNT_MARK, name_mark("p-guard000")])
@pytest.mark.parametrize("escaped", [False, True])
def test_a_policy_that_holds_a_mark_itself_is_not_read(mark: str, escaped: bool) -> None:
    content = by_agent(mark)
    if escaped:
        content = json.dumps(json.loads(content)).replace("ue000", "uE000")
    for one in assess(of_one_policy("Own", content), [GUARDRAIL])[1:]:
        assert one.verdicts[0].status is Status.INDETERMINATE
        assert "p-guard000: has a character of private use, U+E000" in one.verdicts[0].reason


def test_a_name_that_is_not_known_stays_a_mark() -> None:
    fill = filling([], "o-1/r-1/", {"p-1": f"A {name_mark('p-2')}"})
    assert fill(f"{name_mark('p-1')} and {name_mark('p-2')}") == (
        f"A {name_mark('p-2')} and {name_mark('p-2')}"
    )
