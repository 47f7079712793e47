"""What history costs: bytes a row, a year's growth, and a page as of half a year ago."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from benchmarks.own_services import own_services
from benchmarks.server_time import server_times
from benchmarks.tables import table

if TYPE_CHECKING:
    from policies.models import Assessment

ACCOUNTS = 50_000
UNITS = 400
SCPS = 60
CHANGED = ACCOUNTS // 100
DAYS = 3
ROUNDS = 7

# A year of 1 % a day without judging it: each account gets a new version every hundred days.
_YEAR = (
    """
    CREATE TEMPORARY TABLE turns AS
    WITH days AS (
        INSERT INTO policies_assessment (organization_id, taken_at, since, snapshot_digest,
            catalogue_digest, engine_version, parameters, totals, management_account_id,
            feature_set, scp_status, kept)
        SELECT organization_id, taken_at + day * interval '1 day', since + day * interval '1 day',
            snapshot_digest, catalogue_digest, engine_version, parameters, totals,
            management_account_id, feature_set, scp_status, kept
        FROM policies_assessment, generate_series(1, 365) AS day WHERE id = %(last)s ORDER BY day
        RETURNING id
    )
    SELECT version.id AS version, day.id AS since,
        lead(day.id) OVER (PARTITION BY version.id ORDER BY day.id) AS until
    FROM (SELECT id, row_number() OVER (ORDER BY aws_id) AS rank FROM policies_accountversion
          WHERE until_id IS NULL) AS version
    JOIN (SELECT id, row_number() OVER (ORDER BY id) AS day FROM days) AS day
        ON day.day %% 100 = version.rank %% 100
    """,
    """
    UPDATE policies_accountversion SET until_id = first.since
    FROM (SELECT version, min(since) AS since FROM turns GROUP BY version) AS first
    WHERE id = first.version
    """,
    """
    INSERT INTO policies_accountversion
        (organization_id, since_id, until_id, aws_id, name, email, state, unit_id, posture_id,
        lacking)
    SELECT organization_id, turns.since, turns.until, aws_id, name, email, state, unit_id,
        posture_id, lacking
    FROM turns JOIN policies_accountversion AS version ON version.id = turns.version
    """,
)


def main() -> None:
    with own_services():
        _measure()


def _measure() -> None:
    from datetime import timedelta

    from accounts.services import start_crawl
    from policies.services.recording import record
    from tests.policies.replay import BEGINNING, Replay

    console = Console()
    replay = Replay(seed=1, accounts=ACCOUNTS, units=UNITS, scps=SCPS)
    before: dict[str, tuple[int, int]] = {}
    for day in range(DAYS + 1):
        for _ in range(CHANGED if day else 0):
            replay.account_moves()
        snapshot = replay.snapshot(BEGINNING + timedelta(days=day))
        record(start_crawl(), snapshot)
        before = before or _sizes()
    # An hour that finds nothing new.
    newest = record(start_crawl(), replay.snapshot(BEGINNING + timedelta(days=DAYS, hours=1)))
    console.print(_growth(before, _sizes()))
    console.print(_pages(newest))


def _sizes() -> dict[str, tuple[int, int]]:
    """Rows and bytes, indexes and long texts included, by table."""
    from django.apps import apps
    from django.db import connection

    found = {}
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        for app in ("accounts", "policies"):
            for model in apps.get_app_config(app).get_models():
                table = model._meta.db_table
                cursor.execute("SELECT pg_total_relation_size(%s)", [table])
                size = cursor.fetchone()
                found[table] = (model._default_manager.count(), size[0])
    return found


def _growth(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> Table:
    title = f"{ACCOUNTS:,} accounts, {CHANGED} of them moved each day"
    growth = table(title, "table", "rows", "bytes a row", "rows a day", "MB a year")
    total = sum(size for _, size in before.values()) / 1e6
    growth.add_row("(at the beginning)", "", "", "", f"{total:,.0f}")
    for name, (rows, size) in after.items():
        new = rows - before[name][0]
        if not rows or not (new or name == "policies_verdict"):
            continue
        each = size / rows
        # An assessment and a crawl an hour; everything else comes with what changes.
        hourly = name in ("policies_assessment", "accounts_crawl")
        daily = 24.0 if hourly else new / DAYS
        megabytes = daily * 365 * each / 1e6
        total += megabytes
        growth.add_row(name, f"{rows:,}", f"{each:,.0f}", f"{daily:,.0f}", f"{megabytes:,.0f}")
    growth.add_row("after a year", "", "", "", f"{total:,.0f}")
    return growth


def _pages(newest: Assessment) -> Table:
    from django.db import connection

    from policies.analysis.verdict import Status
    from policies.models import Assessment as Row
    from policies.selectors.headings import LACKING
    from policies.selectors.matrix import matrix
    from policies.selectors.matrix_filter import MatrixFilter

    filters = {
        "everything": MatrixFilter(),
        "lacking login profiles": MatrixFilter(
            guardrail="prevent-login-profiles", statuses=LACKING
        ),
        "enforced anywhere, by name": MatrixFilter(statuses=[Status.ENFORCED], sort="name"),
        "worst first": MatrixFilter(sort="-lacks"),
        "text": MatrixFilter(text="account-1"),
    }
    former = {name: _milliseconds(partial(matrix, newest, one))[0] for name, one in filters.items()}
    with connection.cursor() as cursor:
        for statement in _YEAR:
            cursor.execute(statement, {"last": newest.pk})
        cursor.execute("VACUUM ANALYZE")
    now = Row.objects.order_by("-pk")[0]
    past = Row.objects.order_by("-pk")[182]
    headings = ("without a history", "now, after a year", "as of half a year ago", "÷ now")
    title = f"A page of the matrix, milliseconds (median of {ROUNDS})"
    times = table(title, "filter", *headings)
    for name, one in filters.items():
        today, then = _milliseconds(partial(matrix, now, one), partial(matrix, past, one))
        times.add_row(
            name, f"{former[name]:.0f}", f"{today:.0f}", f"{then:.0f}", f"{then / today:.2f}"
        )
    return times


def _milliseconds(*pages: Callable[[], object]) -> list[float]:
    return [1_000 * median(taken) for taken in server_times(pages, ROUNDS)]


if __name__ == "__main__":
    main()
