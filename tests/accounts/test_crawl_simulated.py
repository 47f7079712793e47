"""The crawl against an endpoint that behaves as AWS documents, and misbehaves as AWS may."""

from __future__ import annotations

from math import ceil

import pytest

from accounts.aws.connection import connect
from accounts.aws.errors import AwsError
from accounts.crawl import CrawlError, Progress, read_organization
from accounts.snapshot import OrganizationSnapshot
from accounts.snapshot_codec import digest
from tests.simulated import Endpoint, Faults, SimulatedOrganization, invent

# Rates times this: the tests wait for no documented second.
FAST = 1000.0


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "simulated")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "simulated")
    monkeypatch.delenv("AWS_PROFILE", raising=False)


def crawled(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, share: float = FAST
) -> OrganizationSnapshot:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint.url)
    return read_organization(connect(share=share))


def fewest_calls(organization: SimulatedOrganization) -> int:
    """The formula: pages of 20 of each list, and one DescribePolicy per attached SCP."""
    policies = len(organization.policies)
    pages = sum(max(1, ceil(len(targets) / 20)) for targets in organization.targets.values())
    attached = sum(1 for targets in organization.targets.values() if targets)
    return 2 + ceil(len(organization.accounts) / 20) + ceil(policies / 20) + pages + attached


def assert_same(snapshot: OrganizationSnapshot, organization: SimulatedOrganization) -> None:
    assert {one.id: (one.parent_id, one.state) for one in snapshot.accounts} == {
        one.id: (one.parent_id, one.state) for one in organization.accounts.values()
    }
    assert {one.id: (one.parent_id, one.name) for one in snapshot.units} == {
        one.id: (one.parent_id, one.name) for one in organization.units.values()
    }
    assert {one.id: one.content for one in snapshot.policies} == {
        one.id: one.content if organization.targets[one.id] else None
        for one in organization.policies.values()
    }
    assert {(one.policy_id, one.target_id) for one in snapshot.attachments} == {
        (policy, target) for policy, targets in organization.targets.items() for target in targets
    }


@pytest.mark.parametrize(("accounts", "units", "policies"), [(1, 0, 0), (100, 5, 20), (400, 9, 45)])
def test_a_quiet_organization_takes_the_fewest_calls(
    accounts: int, units: int, policies: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Endpoint(invent(accounts, units, policies, targets_each=1)) as endpoint:
        snapshot = crawled(endpoint, monkeypatch)
    assert_same(snapshot, endpoint.organization)
    empty = sum(1 for _ in units_without_accounts(endpoint.organization))
    assert endpoint.calls.total() <= fewest_calls(endpoint.organization) + empty


def units_without_accounts(organization: SimulatedOrganization) -> list[str]:
    paths = [organization.unit_path(one.parent_id) for one in organization.accounts.values()]
    return [id for id in organization.units if not any(f"/{id}/" in path for path in paths)]


def test_at_the_documented_rates_next_to_nothing_is_throttled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    faults = Faults(throttle=True, time_scale=10)
    with Endpoint(invent(400, 30, 40), faults) as endpoint:
        snapshot = crawled(endpoint, monkeypatch, share=10)
    assert_same(snapshot, endpoint.organization)
    # At 10 times the rates a late thread on a busy machine may be one call early.
    assert endpoint.throttled.total() <= endpoint.calls.total() / 20


def test_a_busy_organization_is_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """The portal believes it may go twice as fast as the organization lets it."""
    # Slow enough for any machine to exceed: twenty DescribePolicy a second.
    faults = Faults(throttle=True, time_scale=10)
    with Endpoint(invent(200, 10, 40), faults) as endpoint:
        snapshot = crawled(endpoint, monkeypatch, share=20)
    assert_same(snapshot, endpoint.organization)
    assert endpoint.throttled.total() > 0


def test_empty_pages_server_errors_and_broken_connections_lose_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    faults = Faults(empty_page_every=3, http_500_every=29, reset_every=37)
    with Endpoint(invent(300, 20, 30), faults) as endpoint:
        snapshot = crawled(endpoint, monkeypatch)
    assert_same(snapshot, endpoint.organization)


def test_without_paths_the_tree_is_walked_to_the_same_snapshot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    organization = invent(150, 25, 10)
    with Endpoint(organization) as endpoint:
        by_paths = crawled(endpoint, monkeypatch)
    with Endpoint(organization, Faults(paths=False)) as endpoint:
        by_walking = crawled(endpoint, monkeypatch)
    assert digest(by_paths) == digest(by_walking)
    assert endpoint.calls["ListAccounts"] == 1


def test_status_stands_in_where_state_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    organization = invent(30, 2, 1)
    organization.add_account("200000000000", "leaving", "r-sim1", "PENDING_CLOSURE")
    with Endpoint(organization, Faults(state=False)) as endpoint:
        snapshot = crawled(endpoint, monkeypatch)
    states = {one.id: one.state for one in snapshot.accounts}
    assert states["200000000000"] == "PENDING_CLOSURE"


def test_a_unit_without_accounts_has_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    organization = invent(5, 0, 0)
    organization.add_unit("ou-sim1-parent01", "Parent", "r-sim1")
    organization.add_unit("ou-sim1-child001", "Child", "ou-sim1-parent01")
    with Endpoint(organization) as endpoint:
        snapshot = crawled(endpoint, monkeypatch)
    assert_same(snapshot, organization)


def test_where_scps_are_off_no_policy_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    organization = invent(30, 3, 5)
    organization.scp_status = None
    with Endpoint(organization) as endpoint:
        snapshot = crawled(endpoint, monkeypatch)
    assert not snapshot.scps_in_force
    assert (snapshot.policies, snapshot.attachments) == ((), ())
    assert len(snapshot.accounts) == 30
    assert "ListPolicies" not in endpoint.calls


def test_an_account_that_moves_while_it_is_read_ends_where_it_went(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    organization = invent(60, 4, 3)
    home = next(id for id in organization.units if id.startswith("ou-"))

    def join(living: SimulatedOrganization) -> None:
        living.add_account("900000000000", "newcomer", home)

    # The last page of ListAccounts has been read when the newcomer shows up as a target.
    faults = Faults(changes={("DescribePolicy", 1): join, ("ListTargetsForPolicy", 4): join})
    with Endpoint(organization, faults) as endpoint:
        snapshot = crawled(endpoint, monkeypatch)
    assert_same(snapshot, organization)


def test_a_policy_that_vanishes_while_it_is_read_is_not_in_the_snapshot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    organization = invent(60, 4, 3)

    def delete(living: SimulatedOrganization) -> None:
        living.delete_policy("p-sim00001")

    with Endpoint(organization, Faults(changes={("ListTargetsForPolicy", 1): delete})) as endpoint:
        snapshot = crawled(endpoint, monkeypatch)
    assert_same(snapshot, organization)
    assert endpoint.calls["DescribeOrganization"] == 2


def test_an_organization_that_never_holds_still_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    organization = invent(30, 4, 0)
    # Against AWS's rule an active account without any SCP: it is never among the targets.
    organization.detach("p-FullAWSAccess", "100000000000")
    with (
        Endpoint(organization) as endpoint,
        pytest.raises(CrawlError, match=r"100000000000 is in the tree but no SCP is attached"),
    ):
        crawled(endpoint, monkeypatch)
    assert endpoint.calls["DescribeOrganization"] == 3


@pytest.mark.parametrize(
    "api",
    [
        "DescribeOrganization",
        "ListRoots",
        "ListAccounts",
        "ListPolicies",
        "ListTargetsForPolicy",
        "DescribePolicy",
    ],
)
def test_a_refused_api_is_named_with_its_code_and_the_way_out(
    api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        Endpoint(invent(30, 4, 2), Faults(denied=frozenset({api}))) as endpoint,
        pytest.raises(AwsError) as refused,
    ):
        crawled(endpoint, monkeypatch)
    sentence = str(refused.value)
    assert sentence.startswith(f"organizations:{api} failed with AccessDeniedException: allow")
    assert "\n" not in sentence


def test_progress_tells_the_phase_the_accounts_and_the_calls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Progress] = []
    with Endpoint(invent(60, 4, 3)) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint.url)
        read_organization(connect(share=FAST), seen.append)
    assert {one.phase for one in seen} == {"organization", "accounts", "policies", "tree"}
    assert seen[-1].accounts == 60
    assert seen[-1].calls == endpoint.calls.total()
