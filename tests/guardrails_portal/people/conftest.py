from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import override_settings

REAL_HASHERS = list(settings.PASSWORD_HASHERS)
QUICK_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _nobody_has_tried_before() -> Iterator[None]:
    """Rates of log-ins are counted in the cache, which no rollback empties."""
    cache.clear()
    # Argon2 takes its time, as it should: one test is enough for it.
    with override_settings(PASSWORD_HASHERS=QUICK_HASHERS):
        yield


@pytest.fixture
def argon2(_nobody_has_tried_before: None) -> Iterator[None]:
    with override_settings(PASSWORD_HASHERS=REAL_HASHERS):
        yield
