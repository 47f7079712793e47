"""`report`: the posture as a report, now, into a file or to the terminal."""

import sys
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from policies import catalogue
from policies.management.files import write
from policies.models import Assessment
from policies.reports.building import build
from policies.reports.files import FORMATS, file
from policies.reports.making import posture_of
from policies.selectors.report_scope import Period, Scope, UnitGone
from policies.selectors.standing import standing

_BAD_INPUT: Final = 2


class Command(BaseCommand):
    help = "Report the posture that was crawled last, and what changed over the last days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=tuple(FORMATS), default="txt")
        parser.add_argument("--output", type=Path, metavar="FILE", help="else standard output")
        parser.add_argument("--days", type=int, default=7, help="the period (default: 7)")
        parser.add_argument("--unit", default="", metavar="ID", help="of this OU only: ou-…")
        parser.add_argument(
            "--guardrail",
            action="append",
            default=[],
            metavar="ID",
            choices=catalogue.GUARDRAIL_IDS,
            help=f"of this one only, repeatable: {', '.join(catalogue.GUARDRAIL_IDS)}",
        )
        parser.add_argument("--title", default="Posture report")

    def handle(self, *args: Any, **options: Any) -> None:
        period = _period(options["days"])
        scope = Scope(options["unit"], tuple(options["guardrail"]))
        try:
            report = build(period, scope, title=options["title"])
        except UnitGone as problem:
            raise CommandError(str(problem), returncode=_BAD_INPUT) from None
        pieces = file(report, options["format"]).pieces
        output: Path | None = options["output"]
        if output is None:
            if options["format"] == "pdf" and sys.stdout.isatty():
                raise CommandError("A PDF is no text: name a file with --output FILE.")
            sys.stdout.buffer.writelines(pieces)
            return
        write(output, pieces)


def _period(days: int) -> Period:
    if not 0 <= days <= 36_500:
        raise CommandError(f"--days is {days}: write 0 to 36500.", returncode=_BAD_INPUT)
    assessment: Assessment | None = standing().assessment
    if assessment is None:
        raise CommandError("No posture is known yet: crawl first.", returncode=_BAD_INPUT)
    return Period(posture_of(assessment, timezone.now() - timedelta(days=days)), assessment)
