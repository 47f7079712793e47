"""The tests' services: a real Postgres, broker and cache, and moto for AWS.

What DATABASE_URL, CELERY_BROKER_URL and CACHE_URL name is used; the rest is started in a
temporary folder, for each of pytest-xdist's workers in one of its own. A conftest.py would be
too late: pytest-django has read the settings by then.
"""

import os
import secrets
from collections.abc import Generator, Iterator
from contextlib import ExitStack

import pytest

from guardrails_portal.local import simulated_aws
from guardrails_portal.local.children import ServiceError, stop
from guardrails_portal.local.folders import Folders
from tests.services import temporary_services

FOLDERS = pytest.StashKey[Folders]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    shares_out = getattr(early_config.known_args_namespace, "numprocesses", None)
    if shares_out and "PYTEST_XDIST_WORKER" not in os.environ:
        # It runs no test itself.
        return (yield)
    # Tests must not depend on the settings of whoever runs them.
    for name in ("DEBUG", "CSRF_TRUSTED_ORIGINS", "CRAWL_INTERVAL_MINUTES", "LOG_LEVEL"):
        os.environ.pop(name, None)
    os.environ["SECRET_KEY"] = secrets.token_urlsafe(50)
    os.environ["ALLOWED_HOSTS"] = "localhost,127.0.0.1"
    os.environ["PORTAL_HTTPS"] = "false"
    cleanup = ExitStack()
    early_config.add_cleanup(cleanup.close)
    try:
        folders = cleanup.enter_context(temporary_services("tests", durable=False))
    except ServiceError as error:
        raise pytest.UsageError(str(error)) from None
    early_config.stash[FOLDERS] = folders
    return (yield)


@pytest.fixture(scope="session")
def moto_endpoint(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a moto server, shared by the session: take `aws` to have it empty."""
    yield from _moto(request)


@pytest.fixture
def aws(moto_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty AWS: boto3's environment leads to moto, which knows nothing yet."""
    simulated_aws.reset(moto_endpoint)
    _lead_to(moto_endpoint, monkeypatch)
    return moto_endpoint


@pytest.fixture(scope="session")
def sample_endpoint(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of another one with the sample organization, which takes seconds to make."""
    from accounts.aws.sample import create_sample
    from accounts.sample import example_corp

    for address in _moto(request):
        with pytest.MonkeyPatch.context() as monkeypatch:
            _lead_to(address, monkeypatch)
            create_sample(example_corp())
        yield address


@pytest.fixture
def sample_aws(sample_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An AWS with the sample organization, for tests that read it and change nothing there."""
    _lead_to(sample_endpoint, monkeypatch)
    return sample_endpoint


def _moto(request: pytest.FixtureRequest) -> Iterator[str]:
    child, address = simulated_aws.start(request.config.stash[FOLDERS])
    child.wait_until(lambda: simulated_aws.answers(address))
    yield address
    stop([child])


def _lead_to(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have boto3 speak to this endpoint and to no other."""
    for name in simulated_aws.REAL_AWS_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, text in simulated_aws.variables(endpoint).items():
        monkeypatch.setenv(name, text)
