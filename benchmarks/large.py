"""The portal with an organization of 50,000 accounts in it, for what is measured on one."""

import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from importlib import import_module

from accounts.snapshot import Attachment, OrganizationSnapshot, Policy
from benchmarks.own_services import own_services
from guardrails_portal.local.folders import Folders
from tests.factories import (
    KEEP_S3_PRIVATE,
    NO_LOGIN_PROFILES,
    ROOT,
    SCP,
    TAKEN_AT,
    Scp,
    deny,
    organization,
)

ACCOUNTS = 50_000
UNITS = 2_000
# The smallest answers that ask the database: a bare one, and one with the portal's bars around it.
ONE_QUERY, FRAMED = "/one-query/", "/one-query/framed/"


@contextmanager
def large_organization(*, durable: bool = False) -> Iterator[Folders]:
    """Services of its own, filled by another process: the memory of this one is to be measured."""
    with own_services(durable=durable) as folders:
        from django.conf import settings

        settings.ROOT_URLCONF = "benchmarks.one_query"
        # As a web process is: with everything loaded, and nothing of it looked at by collections.
        import_module("guardrails_portal.wsgi")
        # A line for each request would hide what is measured.
        logging.disable(logging.INFO)
        words = [sys.executable, "-m", "benchmarks.large"]
        subprocess.run(words, check=True)
        yield folders


def before_and_after() -> tuple[OrganizationSnapshot, OrganizationSnapshot]:
    """The organization, and a day later: some accounts have moved, and some SCPs were detached."""
    paths = [f"Unit {n % 20}/Unit {n % 200}/Unit {n}" for n in range(UNITS)]
    names = {f"account-{n:05}": paths[n % UNITS] for n in range(ACCOUNTS)}
    texts = [NO_LOGIN_PROFILES, KEEP_S3_PRIVATE, deny("cloudtrail:StopLogging")]
    scps = [Scp(f"SCP {n}", texts[n % 3], at=[paths[n * 4]]) for n in range(490)]
    # Not the first of each unit, by which the units are numbered.
    late = list(names)[UNITS:]
    moved = {name: paths[(n + 7) % UNITS] for n, name in enumerate(late) if n % 100 == 0}
    left = [replace(one, at=[]) if n < 40 else one for n, one in enumerate(scps)]
    later = organization(names | moved, left, taken_at=TAKEN_AT + timedelta(days=1))
    return organization(names, scps), later


def with_all_denied(before: OrganizationSnapshot) -> OrganizationSnapshot:
    """A day later: an SCP at the root denies all that guardrails forbid, to every account."""
    services = ("cloudtrail:*", "iam:*", "organizations:*", "s3:*")
    scp = Policy("p-all-denied", "All denied", SCP, aws_managed=False, content=deny(*services))
    return replace(
        before,
        taken_at=before.taken_at + timedelta(days=1),
        policies=(*before.policies, scp),
        attachments=(*before.attachments, Attachment(scp.id, ROOT)),
    )


def record_all(*snapshots: OrganizationSnapshot) -> None:
    """Judge and store one after the other."""
    from django.db import connection

    from accounts.services import start_crawl
    from policies.services.recording import record

    for snapshot in snapshots:
        record(start_crawl(), snapshot)
    with connection.cursor() as cursor:
        # As autovacuum leaves the tables.
        cursor.execute("VACUUM ANALYZE")


def _fill() -> None:
    import django

    django.setup()
    start = time.perf_counter()
    record_all(*before_and_after())
    print(f"{ACCOUNTS:,} accounts judged and stored twice in {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    _fill()
