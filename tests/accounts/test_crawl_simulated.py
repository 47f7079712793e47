"""The crawl against an endpoint that behaves as AWS documents, and misbehaves as AWS may."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from accounts.aws.connection import connect
from accounts.aws.errors import AwsError
from accounts.crawl import THREADS, Progress, read_organization
from accounts.snapshot_codec import digest
from tests.accounts.crawling import FAST, assert_same, crawled, fewest_calls
from tests.simulated import Endpoint, Faults, SimulatedOrganization, invent

pytestmark = pytest.mark.usefixtures("simulated_credentials")


@pytest.mark.parametrize(
    ("accounts", "units", "policies"), [(1, 0, 0), (100, 5, 20), (400, 9, 45), (900, 40, 60)]
)
def test_a_quiet_organization_takes_the_fewest_calls(
    accounts: int, units: int, policies: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Endpoint(invent(accounts, units, policies, targets_each=1)) as endpoint:
        snapshot = crawled(endpoint, monkeypatch)
    assert_same(snapshot, endpoint.organization)
    assert endpoint.calls.total() <= 1.02 * fewest_calls(endpoint.organization)


def test_the_longest_chain_starts_first_and_accounts_are_listed_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nearly everything has FullAWSAccess, and a chain of pages can't be read side by side."""
    asked: list[tuple[str, object]] = []

    def note(_: SimulatedOrganization, api: str, parameters: Mapping[str, object]) -> None:
        asked.append((api, parameters.get("PolicyId")))

    with Endpoint(invent(900, 9, 45), Faults(before=note)) as endpoint:
        crawled(endpoint, monkeypatch)
    apis = [api for api, _ in asked]
    chain = apis.index("ListTargetsForPolicy")
    # Of the threads that start together another may be the first by a hair.
    assert "p-FullAWSAccess" in [policy for _, policy in asked[chain : chain + THREADS + 2]]
    assert "ListAccounts" in apis[chain:]
    assert apis.index("DescribePolicy") < len(apis) - 1 - apis[::-1].index("ListTargetsForPolicy")


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
    assert {one.phase for one in seen} == {
        "organization",
        "accounts",
        "policies",
        "tree",
        "consistency",
    }
    assert seen[-1].accounts == 60
    assert seen[-1].calls == endpoint.calls.total()
