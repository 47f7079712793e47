"""PostgreSQL and Valkey of a benchmark's own, gone when it has ended."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from guardrails_portal.local.children import Child, stop
from guardrails_portal.local.folders import Folders, make_folders
from guardrails_portal.local.services import start_services


@contextmanager
def own_services(*, durable: bool = False) -> Iterator[Folders]:
    """Start them, set Django up on them and migrate; `durable` syncs to disk as in production.

    Postgres refuses root, whose folders `nobody` can't enter: then they are below /var/tmp.
    """
    place = "/var/tmp" if os.geteuid() == 0 else None  # noqa: S108 - mkdtemp is safe there
    temporary = Path(tempfile.mkdtemp(prefix="portal-bench-", dir=place))
    folders = make_folders(temporary, f"{temporary.name}-sockets")
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "guardrails_portal.settings",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "testserver",
        "PORTAL_HTTPS": "false",
    }
    started: list[Child] = []
    try:
        os.environ |= start_services(folders, os.environ, "portal", started, durable=durable)
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        yield folders
    finally:
        stop(started)
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.rmtree(folders.sockets, ignore_errors=True)
