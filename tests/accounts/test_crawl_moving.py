"""An organization that changes while it is read: a snapshot of one moment, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pytest

from accounts.aws.errors import AwsError
from accounts.crawl import CrawlError
from accounts.snapshot import Account, OrganizationSnapshot, Policy, Unit
from tests.accounts.conftest import simulate_credentials
from tests.accounts.crawling import assert_same, crawled, fewest_calls
from tests.simulated import Endpoint, Faults, SimulatedOrganization, invent
from tests.simulated.organization import SimulatedAccount, SimulatedPolicy, SimulatedUnit

pytestmark = pytest.mark.usefixtures("simulated_credentials")

ROOT = "r-sim1"
Change = Callable[[SimulatedOrganization], None]


def small() -> SimulatedOrganization:
    """Sixty accounts in four units, and three SCPs; `ou-sim1-sandbox1` with two accounts."""
    made = invent(60, 4, 3)
    made.add_unit("ou-sim1-sandbox1", "Sandbox", ROOT)
    made.add_account("800000000001", "first", "ou-sim1-sandbox1")
    made.add_account("800000000002", "second", "ou-sim1-sandbox1")
    made.attach("p-sim00000", "ou-sim1-sandbox1")
    made.attach("p-sim00000", ROOT)
    return made


def join(living: SimulatedOrganization) -> None:
    living.create_account("900000000000", "newcomer", "ou-sim1-sandbox1")


def join_in_a_unit_of_its_own(living: SimulatedOrganization) -> None:
    living.add_unit("ou-sim1-outer001", "Outer", ROOT)
    living.add_unit("ou-sim1-inner001", "Inner", "ou-sim1-outer001")
    living.create_account("900000000000", "newcomer", "ou-sim1-inner001")
    living.attach("p-sim00001", "ou-sim1-inner001")


def leave(living: SimulatedOrganization) -> None:
    living.remove_account("800000000001")


def move_first(living: SimulatedOrganization) -> None:
    living.move("800000000001", ROOT)


def move_second(living: SimulatedOrganization) -> None:
    living.move("800000000002", "ou-sim1-00000001")


def move_in(living: SimulatedOrganization) -> None:
    living.move("100000000050", "ou-sim1-sandbox1")


def delete_the_sandbox(living: SimulatedOrganization) -> None:
    living.delete_unit("ou-sim1-sandbox1")


def rename_the_sandbox(living: SimulatedOrganization) -> None:
    living.units["ou-sim1-sandbox1"].name = "Playground"


def delete_a_policy(living: SimulatedOrganization) -> None:
    living.delete_policy("p-sim00001")


def attach_a_new_policy(living: SimulatedOrganization) -> None:
    living.add_policy("p-new00001", "New", living.policies["p-sim00002"].content)
    living.targets["p-new00001"] = set(living.targets["p-sim00001"])


def attach(policy_id: str, target_id: str) -> Change:
    return lambda living: living.attach(policy_id, target_id)


def detach(policy_id: str, target_id: str) -> Change:
    return lambda living: living.detach(policy_id, target_id)


# What happens, step by step: between two steps is a moment too.
CHANGES: Mapping[str, Sequence[Change]] = {
    "join": [join],
    "join in a unit of its own": [join_in_a_unit_of_its_own],
    "leave": [leave],
    "dissolve a unit": [move_first, move_second, delete_the_sandbox],
    "rename a unit": [rename_the_sandbox],
    "delete a policy": [delete_a_policy],
    "put a new policy in the place of another": [attach_a_new_policy, delete_a_policy],
    "swap policies at the root": [attach("p-sim00002", ROOT), detach("p-sim00000", ROOT)],
    "swap policies at a unit": [
        attach("p-sim00002", "ou-sim1-sandbox1"),
        detach("p-sim00000", "ou-sim1-sandbox1"),
    ],
    "unprotect a unit, then move in": [detach("p-sim00000", "ou-sim1-sandbox1"), move_in],
    "protect a unit, then move in": [attach("p-sim00001", "ou-sim1-sandbox1"), move_in],
    "move in, then unprotect": [move_in, detach("p-sim00000", "ou-sim1-sandbox1")],
    "move two": [move_first, move_in],
}
# Before which call it happens; the families of calls run side by side.
MOMENTS = [
    ("ListAccounts", 4),
    ("ListTargetsForPolicy", 1),
    ("ListTargetsForPolicy", 5),
    ("DescribePolicy", 1),
]


View = tuple[tuple[str, frozenset[tuple[str, str | None]]], ...]


def views(organization: SimulatedOrganization | OrganizationSnapshot) -> dict[str, View]:
    """All that decides an account's verdicts: its path, and each SCP on it with its text."""
    units: Iterable[Unit | SimulatedUnit]
    accounts: Iterable[Account | SimulatedAccount]
    policies: Iterable[Policy | SimulatedPolicy]
    if isinstance(organization, OrganizationSnapshot):
        units, accounts, policies = (
            organization.units,
            organization.accounts,
            organization.policies,
        )
        attachments = {(one.policy_id, one.target_id) for one in organization.attachments}
    else:
        units, accounts = organization.units.values(), organization.accounts.values()
        policies = organization.policies.values()
        attachments = {(id, on) for id, targets in organization.targets.items() for on in targets}
    texts = {one.id: one.content for one in policies}
    on: dict[str, set[tuple[str, str | None]]] = {}
    for policy, target in attachments:
        on.setdefault(target, set()).add((policy, texts[policy]))
    parents = {one.id: one.parent_id for one in units}
    found: dict[str, View] = {}
    for account in accounts:
        path = [account.id]
        at: str | None = account.parent_id
        while at is not None:
            path.append(at)
            at = parents[at]
        found[account.id] = tuple((id, frozenset(on.get(id, ()))) for id in path)
    return found


def assert_of_one_moment(snapshot: OrganizationSnapshot, steps: Sequence[Change]) -> None:
    """Each account is as it was before or after one of the steps, or was absent then too."""
    living = small()
    moments = [views(living)]
    for step in steps:
        step(living)
        moments.append(views(living))
    found = views(snapshot)
    for id in found.keys() | moments[0].keys():
        assert found.get(id) in [moment.get(id) for moment in moments], id


@pytest.fixture(scope="module")
def last_crawl() -> Iterator[OrganizationSnapshot]:
    with pytest.MonkeyPatch.context() as patch:
        simulate_credentials(patch)
        with Endpoint(small()) as quiet:
            yield crawled(quiet, patch)


def all_at_once(steps: Sequence[Change]) -> Change:
    def change(living: SimulatedOrganization) -> None:
        for step in steps:
            step(living)

    return change


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("at", MOMENTS, ids=lambda at: f"{at[0]}-{at[1]}")
def test_whatever_happens_each_account_is_as_it_was_at_one_moment(
    name: str,
    at: tuple[str, int],
    last_crawl: OrganizationSnapshot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    changes = {at: all_at_once(CHANGES[name])}
    with Endpoint(small(), Faults(changes=changes)) as endpoint:
        snapshot = crawled(endpoint, monkeypatch, previous=last_crawl)
    assert_of_one_moment(snapshot, CHANGES[name])
    assert endpoint.calls["ListAccounts"] == 4, "what stood still is not read again"


@pytest.mark.parametrize("name", ["join", "leave", "dissolve a unit", "move two"])
@pytest.mark.parametrize(
    "at",
    [
        ("ListOrganizationalUnitsForParent", 2),
        ("ListAccountsForParent", 3),
    ],
    ids=lambda at: f"{at[0]}-{at[1]}",
)
def test_a_walk_loses_nothing_that_moves_past_it(
    name: str,
    at: tuple[str, int],
    last_crawl: OrganizationSnapshot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    changes = {at: all_at_once(CHANGES[name])}
    with Endpoint(small(), Faults(paths=False, changes=changes)) as endpoint:
        snapshot = crawled(endpoint, monkeypatch, previous=last_crawl)
    assert_of_one_moment(snapshot, CHANGES[name])


def test_a_swap_at_the_root_is_seen_by_the_first_crawl_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An SCP takes the place of one that is listed after it: the root seems to have neither."""
    organization = invent(400, 9, 45)
    organization.attach("p-sim00044", "r-sim1")

    def swap(living: SimulatedOrganization, api: str, parameters: Mapping[str, Any]) -> None:
        if api == "ListTargetsForPolicy" and parameters["PolicyId"] == "p-sim00044":
            living.attach("p-sim00000", "r-sim1")
            living.detach("p-sim00044", "r-sim1")

    with Endpoint(organization, Faults(before=swap)) as endpoint:
        snapshot = crawled(endpoint, monkeypatch)
    assert_same(snapshot, organization)


def test_a_busy_organization_costs_a_few_calls_more_not_another_crawl(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With every fifth page of accounts another joins, as where accounts are vended."""
    organization = invent(800, 20, 10)
    quiet = fewest_calls(organization)

    def joins(number: int) -> Change:
        return lambda living: living.create_account(f"90000000000{number}", f"new-{number}", ROOT)

    changes = {("ListAccounts", 5 * number): joins(number) for number in range(1, 9)}
    with Endpoint(organization, Faults(changes=changes)) as endpoint:
        snapshot = crawled(endpoint, monkeypatch)
    assert_same(snapshot, organization)
    assert endpoint.calls.total() < 1.5 * quiet


def test_one_that_never_holds_still_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def flicker(living: SimulatedOrganization, api: str, _: Mapping[str, Any]) -> None:
        if api == "DescribeAccount":
            home = living.accounts["800000000001"].parent_id
            living.move("800000000001", ROOT if home != ROOT else "ou-sim1-sandbox1")

    organization = small()
    organization.accounts["800000000001"].joined_at = 4_000_000_000
    with (
        Endpoint(organization, Faults(before=flicker)) as endpoint,
        pytest.raises(
            CrawlError, match=r"^The organization changed while it was read, 3 times running \("
        ),
    ):
        crawled(endpoint, monkeypatch)
    assert endpoint.calls["DescribeAccount"] == 3


def test_an_account_that_no_scp_reaches_against_aws_s_rule_is_never_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    organization = invent(30, 4, 0)
    organization.detach("p-FullAWSAccess", "100000000000")
    with (
        Endpoint(organization) as endpoint,
        pytest.raises(CrawlError, match=r"100000000000 is in the tree but no SCP is attached"),
    ):
        crawled(endpoint, monkeypatch)
    assert endpoint.calls["DescribeAccount"] == 3


def test_a_failure_does_not_wait_for_what_is_in_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    faults = Faults(denied=frozenset({"DescribePolicy"}))
    with (
        Endpoint(invent(3_000, 10, 60), faults) as endpoint,
        pytest.raises(AwsError, match="DescribePolicy"),
    ):
        crawled(endpoint, monkeypatch)
    assert endpoint.calls["ListTargetsForPolicy"] < 200
