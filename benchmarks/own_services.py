"""PostgreSQL and Valkey of a benchmark's own, gone when it has ended."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from guardrails_portal.local.folders import Folders
from tests.services import temporary_services


@contextmanager
def own_services(*, durable: bool = False) -> Iterator[Folders]:
    """Start them, set Django up on them and migrate; `durable` syncs to disk as in production."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "guardrails_portal.settings",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "testserver",
        "PORTAL_HTTPS": "false",
    }
    with temporary_services("bench", durable=durable) as folders:
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        yield folders
