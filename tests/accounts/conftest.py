from __future__ import annotations

import pytest

from guardrails_portal.local import simulated_aws


@pytest.fixture
def simulated_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    simulate_credentials(monkeypatch)


def simulate_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials that no endpoint but a simulated one would take."""
    for name in simulated_aws.REAL_AWS_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "simulated")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "simulated")
