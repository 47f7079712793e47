"""Verdicts for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, TextIO, cast

from django.core.management.base import OutputWrapper
from rich.console import Console
from rich.table import Table
from rich.text import Text

from accounts.snapshot import OrganizationSnapshot
from policies.analysis.guardrail import Guardrail
from policies.analysis.verdict import Status
from policies.management.assessments import AccountVerdicts, counted_accounts

# A symbol beside each word, so that nothing hangs on colour.
_SHOWN: Final = {
    Status.ENFORCED: ("✔", "green"),
    Status.PARTIAL: ("◐", "yellow"),
    Status.MISSING: ("✘", "red"),
    Status.INDETERMINATE: ("?", "magenta"),
    Status.NOT_APPLICABLE: ("–", "dim"),
}


def print_tables(
    snapshot: OrganizationSnapshot,
    guardrails: Sequence[Guardrail],
    verdicts: AccountVerdicts,
    out: OutputWrapper,
) -> None:
    """Totals by guardrail, then each account that lacks one, with the reason."""
    # OutputWrapper lends itself as the stream that it wraps.
    console = Console(file=cast(TextIO, out), highlight=False)
    console.print(_totals(snapshot, guardrails, verdicts))
    lacking = _lacking(snapshot, verdicts)
    if lacking.row_count:
        console.print(lacking)


def _totals(
    snapshot: OrganizationSnapshot, guardrails: Sequence[Guardrail], verdicts: AccountVerdicts
) -> Table:
    counted = counted_accounts(snapshot)
    table = Table(title=Text(f"{snapshot.organization.id}: {len(counted)} active member accounts"))
    table.add_column("Guardrail")
    shown = [one for one in _SHOWN if one is not Status.NOT_APPLICABLE]
    for status in shown:
        table.add_column(_word(status), justify="right")
    for index, guardrail in enumerate(guardrails):
        found = Counter(verdicts[one][index].status for one in counted)
        table.add_row(guardrail.id, *(str(found[status]) for status in shown))
    return table


def _lacking(snapshot: OrganizationSnapshot, verdicts: AccountVerdicts) -> Table:
    table = Table(title="Accounts that lack a guardrail", show_lines=True)
    for heading in ("Account", "Guardrail", "Status", "Why"):
        table.add_column(heading, overflow="fold")
    for account in snapshot.accounts:
        for verdict in verdicts[account.id]:
            if verdict.status.lacking:
                # `Text` keeps brackets in names from being read as markup.
                called = Text(f"{account.id}\n{account.name} ({account.state.value})")
                row = (called, Text(verdict.guardrail), _word(verdict.status))
                table.add_row(*row, Text(verdict.reason))
    return table


def _word(status: Status) -> Text:
    symbol, style = _SHOWN[status]
    return Text(f"{symbol} {status.value}", style=style)
