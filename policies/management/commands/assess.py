"""`assess FILE`: every verdict of a snapshot file, without a database or settings."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.snapshot_codec import SnapshotError, parsed
from policies import catalogue
from policies.analysis.guardrail import Parameters
from policies.analysis.posture import assess
from policies.assessments import all_enforced, each_verdict, heading
from policies.catalogue.parameters import ParameterError, parameters_from_json
from policies.management.attached import attached
from policies.management.files import read_snapshot, read_text
from policies.management.tables import print_tables


class Command(BaseCommand):
    help = "Judge the accounts of a snapshot file by the guardrails."
    requires_system_checks: Any = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", help="snapshot file, as `crawl --output` writes it, or a report as JSON"
        )
        parser.add_argument("--parameters", metavar="FILE", help="JSON object of parameters")
        parser.add_argument(
            "--guardrail",
            action="append",
            metavar="ID",
            choices=catalogue.GUARDRAIL_IDS,
            help=f"judge by this one only, repeatable: {', '.join(catalogue.GUARDRAIL_IDS)}",
        )
        parser.add_argument("--format", choices=("table", "json"), default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        given = attached(read_text(options["file"]))
        parameters = _parameters(options["parameters"], given.parameters)
        snapshot = read_snapshot(options["file"], given.snapshot)
        guardrails = catalogue.guardrails(parameters, options["guardrail"])
        judged = assess(snapshot, guardrails)
        if options["format"] == "json":
            answer = {**heading(snapshot, parameters), "verdicts": list(each_verdict(judged))}
            self.stdout.write(json.dumps(answer, indent=1, ensure_ascii=False))
        else:
            print_tables(snapshot, judged, self.stdout)
        if not all_enforced(snapshot, judged):
            sys.exit(1)


def _parameters(file: str | None, reported: object) -> Parameters:
    """Those of the file; without one, those that a report names; else the defaults."""
    if file is None and reported is None:
        return Parameters()
    try:
        return parameters_from_json(parsed(read_text(file)) if file else reported)
    except (SnapshotError, ParameterError) as error:
        raise CommandError(f"{file}: {error}", returncode=2) from None
