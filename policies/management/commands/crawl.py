"""`crawl`: read the organization now, into the database or into a snapshot file."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from accounts.aws.connection import Credentials, connect
from accounts.aws.errors import AwsError
from accounts.connections import (
    connection_named,
    connection_of,
    credentials_of,
    environment_credentials,
)
from accounts.crawl import CrawlError, read_organization
from accounts.crawl import Progress as CrawlProgress
from accounts.models import Connection
from accounts.snapshot_codec import dumps
from policies import catalogue
from policies.analysis.posture import assess
from policies.management.files import write
from policies.management.tables import totals_table
from policies.services.crawling import CrawlRunning, crawl_organization
from policies.totals import Totals, totals

OnProgress = Callable[[CrawlProgress], None]


class Command(BaseCommand):
    help = "Reads the organization that the AWS credentials belong to, and judges it."
    # With --output there may be no database, broker or cache to check.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--output", type=Path, metavar="FILE", help="write a snapshot file")
        parser.add_argument("--profile", help="profile of ~/.aws/config")
        parser.add_argument("--connection", metavar="NAME", help="of those under Settings")
        given = environment_credentials()
        parser.add_argument(
            "--role-arn",
            default=given.role_arn,
            help="role to assume, such as one in another account (else CRAWL_ROLE_ARN)",
        )
        parser.add_argument(
            "--external-id",
            default=given.external_id,
            help="external id that the role asks for (else CRAWL_EXTERNAL_ID)",
        )

    def handle(
        self,
        *args: Any,
        output: Path | None,
        connection: str | None,
        profile: str | None,
        role_arn: str | None,
        external_id: str | None,
        **options: Any,
    ) -> None:
        given = Credentials(profile, role_arn, external_id)
        if connection and given != environment_credentials():
            raise CommandError(
                "--connection says which credentials to take: leave out --profile, --role-arn and "
                "--external-id.",
                returncode=2,
            )
        try:
            chosen = connection_named(connection) if connection else None
            with shown_progress() as on_progress:
                if output is None:
                    chosen = chosen or connection_of(given)
                    found = crawl_organization(on_progress, chosen).totals
                else:
                    credentials = credentials_of(chosen) if chosen else given
                    found = _crawl_into(output, credentials, on_progress)
        except (Connection.DoesNotExist, AwsError, CrawlError, CrawlRunning) as problem:
            raise CommandError(str(problem), returncode=2) from None
        except (DatabaseError, ImproperlyConfigured) as problem:
            first = str(problem).strip().partition("\n")[0]
            raise CommandError(
                f"The database can't be used ({first}); set DATABASE_URL and run migrate, or "
                "write a snapshot file with --output FILE.",
                returncode=2,
            ) from None
        Console().print(totals_table(found, "Active member accounts by guardrail"))


@contextmanager
def shown_progress() -> Iterator[OnProgress]:
    """A bar on stderr that tells how far the crawl is: by calls, once it is known how many."""
    text = "{task.description}: {task.fields[accounts]:,} accounts, {task.fields[calls]:,} calls"
    columns = (TextColumn(text), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        # Without a total the bar moves to and fro.
        task = bar.add_task("Reading", total=None, accounts=0, calls=0)
        yield lambda crawl: bar.update(
            task,
            description=f"Reading {crawl.phase}",
            completed=crawl.calls,
            # What moves while it is read costs calls that nobody expected.
            total=max(crawl.expected_calls, crawl.calls) if crawl.expected_calls else None,
            accounts=crawl.accounts,
            calls=crawl.calls,
        )


def _crawl_into(output: Path, credentials: Credentials, on_progress: OnProgress) -> Totals:
    folder = output.absolute().parent
    if not folder.is_dir() or output.is_dir():
        raise CommandError(f"{output} can't be written: name a file in a folder.", returncode=2)
    reader = connect(credentials, share=settings.CRAWL_RATE_SHARE)
    snapshot = read_organization(reader, on_progress)
    write(output, [dumps(snapshot).encode()])
    return totals(snapshot, assess(snapshot, catalogue.guardrails()))
