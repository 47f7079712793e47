"""A small organization, and somebody who asks for it over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.services import start_crawl
from accounts.snapshot import AccountState
from policies.models import Assessment
from policies.services.recording import record
from tests.factories import KEEP_S3_PRIVATE, NO_LOGIN_PROFILES, Scp, deny, organization

Get = Callable[..., Any]

EXAMPLE = organization(
    {
        "payments": "Workloads/Payments",
        "Orders": "Workloads/Orders",
        "sandbox": "Sandbox",
        "=cmd()": "Workloads 2",
    },
    [
        Scp("No login profiles", NO_LOGIN_PROFILES, at=["Workloads/Payments"]),
        Scp("Some", deny("iam:CreateLoginProfile"), at=["Workloads/Orders"]),
        Scp("Keep S3 private", KEEP_S3_PRIVATE, at=["Sandbox"]),
    ],
    states={"=cmd()": AccountState.SUSPENDED},
)


@pytest.fixture
def posture(db: None) -> Assessment:
    """payments has login profiles closed, Orders a part of them; sandbox has S3 kept private."""
    return record(start_crawl(), EXAMPLE)


@pytest.fixture
def get(viewer: Client) -> Get:
    """The JSON that an address below the API's answers with, and the status that it must have."""

    def ask(address: str, status: int = 200, **headers: str) -> Any:
        response = viewer.get(f"/api/v1/{address}", headers=headers)
        assert response.status_code == status, response.content
        return response.json()

    return ask
