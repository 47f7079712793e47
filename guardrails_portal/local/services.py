"""The embedded services that the environment does not name otherwise."""

import os
from collections.abc import Callable, Mapping

from guardrails_portal.local import postgres, valkey
from guardrails_portal.local.children import Child
from guardrails_portal.local.folders import Folders
from guardrails_portal.local.hold import secret_key


def is_given(environment: Mapping[str, str], name: str) -> bool:
    return bool(environment.get(name) or environment.get(f"{name}_FILE"))


def own_settings(folders: Folders) -> dict[str, str]:
    """What a portal of one machine is set to where the environment says nothing else."""
    found = {"PORTAL_HTTPS": "false", "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]"}
    if not is_given(os.environ, "SECRET_KEY"):
        found["SECRET_KEY"] = secret_key(folders)
    return {name: text for name, text in found.items() if not is_given(os.environ, name)}


def start_services(
    folders: Folders,
    given: Mapping[str, str],
    database: str,
    started: list[Child],
    *,
    durable: bool = True,
    announce: Callable[[str, str], None] = lambda _name, _address: None,
) -> dict[str, str]:
    """Start what `given` lacks; return the variables that name what was started.

    Each child is appended to `started` as it starts, so that a failure halfway leaves none
    behind. `announce` is told the name and address of each service that answers.
    """
    variables = {}
    if is_given(given, "DATABASE_URL"):
        announce("postgres", "as DATABASE_URL says")
    else:
        started.append(postgres.start(folders, durable=durable))
        postgres.make_database(folders, database)
        variables["DATABASE_URL"] = postgres.url(folders, database)
        announce("postgres", str(folders.sockets / "postgres-socket"))
    urls = {
        "CELERY_BROKER_URL": valkey.broker_url(folders),
        "CACHE_URL": valkey.cache_url(folders),
    }
    missing = {name: url for name, url in urls.items() if not is_given(given, name)}
    if missing:
        started.append(valkey.start(folders, durable=durable))
        announce("valkey", str(folders.sockets / "valkey.sock"))
    else:
        announce("valkey", "as CELERY_BROKER_URL and CACHE_URL say")
    return variables | missing
