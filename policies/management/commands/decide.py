"""`decide`: what the SCPs of a snapshot file make of concrete requests."""

import json
import sys
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.snapshot import OrganizationSnapshot
from policies.analysis.evaluation import Decision, Outcome, evaluate
from policies.analysis.posture import levels_of
from policies.analysis.request_context import placed
from policies.analysis.request_json import RequestError, account_of, request_from_json
from policies.analysis.verdict import Request
from policies.management.files import read_snapshot, read_text


class Command(BaseCommand):
    help = (
        "Reads requests as JSON lines on standard input and writes, for each, whether the "
        "SCPs in a snapshot file let it through, and which statements decide. A request is an "
        "object of action, resource, principal_arn and, where it matters, context."
    )
    # A file is judged: neither database nor settings are needed.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a snapshot file, as `crawl` writes it")
        parser.add_argument(
            "--account", required=True, metavar="ID", help="the account of the principals"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        snapshot = read_snapshot(options["file"], read_text(options["file"]))
        decide = _court(snapshot, options["account"])
        # Every line is read before the first is answered, so that a bad one leaves no half output.
        for request in _requests(sys.stdin.buffer.read(), options["account"]):
            self.stdout.write(_line(decide(request)))


def _court(snapshot: OrganizationSnapshot, account_id: str) -> Callable[[Request], Outcome]:
    if all(account.id != account_id for account in snapshot.accounts):
        raise CommandError(f"account {account_id} is not in the snapshot", returncode=2)
    organization = snapshot.organization
    # SCPs never affect the management account, and nobody where they are not enabled.
    if account_id == organization.management_account_id or not snapshot.scps_in_force:
        return lambda _: Outcome(Decision.ALLOWED)
    levels = levels_of(snapshot, account_id)
    path = "/".join((organization.id, *(level.target_id for level in levels[:-1]), ""))
    return lambda request: evaluate(placed(request, organization.id, path), levels)


def _requests(given: bytes, account_id: str) -> list[Request]:
    try:
        lines = given.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise CommandError("standard input: is not UTF-8 text", returncode=2) from None
    numbered = enumerate(lines, start=1)
    return [_request(number, line, account_id) for number, line in numbered if line.strip()]


def _request(number: int, line: str, account_id: str) -> Request:
    try:
        request = request_from_json(line)
    except RequestError as error:
        raise CommandError(f"line {number}: {error}", returncode=2) from None
    if account_of(request) != account_id:
        message = (
            f"line {number}: principal_arn: is in account {account_of(request)}, not in "
            f"{account_id}: the SCPs of a principal's own account apply"
        )
        raise CommandError(message, returncode=2)
    return request


def _line(outcome: Outcome) -> str:
    answer: dict[str, Any] = {
        "decision": outcome.decision.value,
        "evidence": [one.to_json() for one in outcome.evidence],
    }
    if outcome.points:
        answer["points"] = list(outcome.points)
    return json.dumps(answer)
