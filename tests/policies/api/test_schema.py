"""The API is what its schema says: requests that fit it and requests that do not, at every address.

Schemathesis makes both, and looks at each answer with every check that it has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import schemathesis
import yaml
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from schemathesis.config import SchemathesisConfig

from accounts.api.throttling import TokenThrottle
from accounts.auditing import Actor
from guardrails_portal.people.models import ApiToken
from guardrails_portal.people.roles import Role, Scope
from guardrails_portal.people.services.tokens import create_token
from guardrails_portal.wsgi import application
from policies.models import Assessment
from tests.users import make_user

pytestmark = pytest.mark.django_db

SCHEMA: Final = Path(__file__).resolve().parents[3] / "docs" / "openapi.yaml"
CONFIG: Final = SchemathesisConfig.from_dict(
    {
        "checks": {
            # 400: a cursor that the portal did not give, or two parameters that do not go
            # together. 409: what is done already. 422: an object, and yet no snapshot.
            "positive_data_acceptance": {
                "expected-statuses": ["2xx", 304, 400, 404, 409, 422],
            },
        },
    }
)
# Known before there is a database: some requests are made when the tests are collected.
SECRET: Final = "gp_" + "0" * 43

schema = schemathesis.openapi.from_path(SCHEMA, config=CONFIG)
schema.app = application


@pytest.fixture
def token(posture: Assessment, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    cache.clear()
    monkeypatch.setattr(TokenThrottle, "THROTTLE_RATES", {"api": "1000/s", "assess": "1000/s"})
    end = timezone.now() + timedelta(days=1)
    # Who may do everything, so that every address does what it can.
    user = make_user(Role.ADMIN, "fuzz")
    create_token(Actor("ada"), user, "fuzz", Scope.ADMIN, end)
    ApiToken.objects.update(digest=hashlib.sha256(SECRET.encode()).hexdigest())
    # The transaction around the test would be lost with its connection.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@schema.auth()
class TokenAuth:
    def get(self, _case: Any, _context: Any) -> str:
        return SECRET

    def set(self, case: Any, data: str, _context: Any) -> None:
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


@schema.parametrize()
@settings(
    max_examples=4,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_what_the_schema_says(case: Any, token: None) -> None:
    case.call_and_validate()


def test_every_operation_says_in_a_line_of_its_own_what_it_does() -> None:
    paths = yaml.safe_load(SCHEMA.read_text())["paths"]
    summaries = [
        (operation["summary"], "{" in path and method == "get")
        for path, operations in paths.items()
        for method, operation in operations.items()
    ]
    assert all(0 < len(summary) < 90 for summary, _ in summaries)
    details = [summary for summary, of_one in summaries if of_one]
    assert len(set(details)) == len(details)
