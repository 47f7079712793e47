"""Browsers of each role, and how many examples the properties are tried on.

Few and always the same in the whole suite, so that a failure is one of the change at hand;
many and new ones by `./portal test tests/policies/analysis --hypothesis-profile=thorough`. What is
made to break things takes ten minutes with `./portal test -k hostile --hypothesis-profile=fuzz`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from django.test import Client

settings.register_profile("suite", max_examples=100, deadline=None, derandomize=True)
settings.register_profile("thorough", max_examples=3_000, deadline=None)
# An example that takes so long hangs, on whatever machine.
settings.register_profile("fuzz", max_examples=4_000, deadline=timedelta(seconds=30))
settings.load_profile("suite")


def _browser(role: str) -> Client:
    # Judging is tested where there is no Django, too.
    from guardrails_portal.people.roles import Role
    from tests.users import signed_in

    return signed_in(Role(role))


@pytest.fixture
def viewer(db: None) -> Client:
    return _browser("viewer")


@pytest.fixture
def operator(db: None) -> Client:
    return _browser("operator")


@pytest.fixture
def admin(db: None) -> Client:
    return _browser("admin")
