"""`connections`: which organizations are crawled, with whose credentials, and how often."""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from accounts.auditing import PORTAL
from accounts.aws.errors import AwsError
from accounts.aws.permissions import try_permissions
from accounts.connections import (
    connection_named,
    create_connection,
    credentials_of,
    delete_connection,
    environment_connection,
)
from accounts.models import Connection


class Command(BaseCommand):
    help = "Lists, adds, removes and tries the ways to the organizations that are crawled."

    def add_arguments(self, parser: ArgumentParser) -> None:
        words = parser.add_subparsers(dest="word", metavar="WORD")
        add = words.add_parser("add", help="add one")
        add.add_argument("name")
        add.add_argument("--profile", default="", help="profile of the worker's ~/.aws/config")
        add.add_argument("--role-arn", default="", help="role to assume")
        add.add_argument("--external-id", default="", help="external id that the role asks for")
        add.add_argument(
            "--every",
            type=int,
            dest="interval_minutes",
            metavar="MINUTES",
            help="else CRAWL_INTERVAL_MINUTES",
        )
        add.add_argument(
            "--unscheduled", action="store_false", dest="scheduled", help="crawl only when asked"
        )
        for word, what in (("remove", "forget one; what it found is kept"), ("test", "try one")):
            words.add_parser(word, help=what).add_argument("name")

    def handle(self, *args: Any, word: str | None, **options: Any) -> None:
        match word:
            case "add":
                self._add(options)
            case "remove":
                delete_connection(PORTAL, self._named(options["name"]))
            case "test":
                self._test(self._named(options["name"]))
            case _:
                self._list()

    def _add(self, options: Mapping[str, Any]) -> None:
        given = ("name", "profile", "role_arn", "external_id", "interval_minutes", "scheduled")
        try:
            create_connection(PORTAL, Connection(**{one: options[one] for one in given}))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=2) from None

    def _test(self, connection: Connection) -> None:
        try:
            trial = try_permissions(credentials_of(connection))
        except AwsError as error:
            raise CommandError(str(error), returncode=2) from None
        if trial.missing:
            raise CommandError(trial.sentence, returncode=1)
        self.stdout.write(trial.sentence)

    def _named(self, name: str) -> Connection:
        try:
            return connection_named(name)
        except Connection.DoesNotExist as problem:
            raise CommandError(str(problem), returncode=2) from None

    def _list(self) -> None:
        environment_connection()
        table = Table()
        for heading in ("name", "credentials", "organization", "every"):
            table.add_column(heading)
        for one in Connection.objects.select_related("organization"):
            every = f"{one.interval_minutes} min" if one.interval_minutes else "as set"
            table.add_row(
                one.name,
                one.role_arn or one.profile or "of the worker's environment",
                str(one.organization or "not crawled yet"),
                every if one.scheduled else "when asked",
            )
        Console().print(table)
