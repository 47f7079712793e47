"""Storing a large organization: seconds, memory, and rows written by PostgreSQL's own count.

The same organization is stored three times: new, as it was, and with one account in a hundred
moved and one SCP in a hundred edited. It is judged beforehand, which `verdicts` measures.
PostgreSQL is one of its own, durable as in production.
"""

import time
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from rich.console import Console
from rich.table import Table

from benchmarks.memory import most_memory
from benchmarks.own_services import own_services
from benchmarks.tables import table
from benchmarks.verdicts import bare_loop
from tests.factories import deny
from tests.simulated import SimulatedOrganization, invent

ACCOUNTS, UNITS, POLICIES = 50_000, 2_000, 500
# What the SCPs deny, in turn: some bears on each guardrail.
DENIED = (
    ["iam:CreateLoginProfile", "iam:UpdateLoginProfile"],
    ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail"],
    ["s3:PutAccountPublicAccessBlock"],
    ["organizations:*"],
    ["iam:DeleteRole", "iam:UpdateRole"],
    ["ec2:TerminateInstances"],
)


def main() -> None:
    with own_services(durable=True):
        Console(width=100).print(_measured())


def _measured() -> Table:
    from accounts.services import start_crawl
    from policies import catalogue
    from policies.analysis.posture import assess
    from policies.services import recording

    organization = invent(ACCOUNTS, UNITS, POLICIES)
    for number, policy in enumerate(organization.policies.values()):
        if not policy.aws_managed:
            policy.content = deny(*DENIED[number % len(DENIED)])
    loop = bare_loop()
    title = f"Storing {ACCOUNTS:,} accounts, {UNITS:,} units and {POLICIES} SCPs"
    times = table(title, "", "seconds", "Python's", "÷ loop", "rows", "÷ first", "peak MiB")
    first = 0
    beginning = datetime(2026, 1, 1, tzinfo=UTC)
    for hour, name in enumerate(("first", "unchanged", "1 % changed")):
        if name == "1 % changed":
            _change(organization)
        snapshot = organization.snapshot(beginning + timedelta(hours=hour))
        judged = assess(snapshot, catalogue.guardrails())
        crawl = start_crawl()
        before = _rows_written()
        start, start_python = time.perf_counter(), time.process_time()
        with patch.object(recording, "assess", return_value=judged):
            recording.record(crawl, snapshot)
        seconds, python = time.perf_counter() - start, time.process_time() - start_python
        rows = _rows_written() - before
        first = first or rows
        times.add_row(
            name,
            f"{seconds:.1f}",
            f"{python:.1f}",
            f"{python / loop:.1f}",
            f"{rows:,}",
            f"{rows / first:.5f}",
            # Of this process since its start, with the invented organization in it.
            f"{most_memory():.0f}",
        )
    return times


def _change(organization: SimulatedOrganization) -> None:
    units = list(organization.units)
    for number, account_id in enumerate(list(organization.accounts)[1::100]):
        organization.move(account_id, units[number % len(units)])
    for policy in list(organization.policies.values())[1::100]:
        policy.content = deny("ec2:RunInstances")


def _rows_written() -> int:
    """Inserted, updated and deleted since the database was made."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables")
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    main()
