"""Crawling a simulated organization, and comparing what came of it."""

from __future__ import annotations

from math import ceil

import pytest

from accounts.aws.connection import connect
from accounts.crawl import read_organization
from accounts.snapshot import OrganizationSnapshot
from tests.simulated import Endpoint, SimulatedOrganization

# Rates times this: the tests wait for no documented second.
FAST = 1000.0


def crawled(
    endpoint: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
    share: float = FAST,
    previous: OrganizationSnapshot | None = None,
) -> OrganizationSnapshot:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint.url)
    return read_organization(connect(share=share), on_organization=lambda _: previous)


def fewest_calls(organization: SimulatedOrganization) -> int:
    """The formula: pages of 20 of each list, one DescribePolicy per attached SCP, and one
    DescribeOrganizationalUnit for each lowest unit without an account below it."""
    policies = len(organization.policies)
    pages = sum(max(1, ceil(len(targets) / 20)) for targets in organization.targets.values())
    attached = sum(1 for targets in organization.targets.values() if targets)
    empty = len(lowest_empty_units(organization))
    accounts = ceil(len(organization.accounts) / 20)
    return 2 + accounts + max(1, ceil(policies / 20)) + pages + attached + empty


def lowest_empty_units(organization: SimulatedOrganization) -> set[str]:
    """Units with neither accounts nor units anywhere below them."""
    inner: set[str | None] = {one.parent_id for one in organization.accounts.values()}
    inner |= {one.parent_id for one in organization.units.values()}
    return organization.units.keys() - inner


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
