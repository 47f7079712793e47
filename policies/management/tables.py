"""Verdicts for a terminal."""

from collections.abc import Sequence
from typing import Final, TextIO, cast

from django.core.management.base import OutputWrapper
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from accounts.snapshot import OrganizationSnapshot
from policies.analysis.posture import Judged
from policies.analysis.verdict import Status
from policies.assessments import by_account
from policies.totals import Totals, totals

# A symbol beside each word, so that nothing hangs on colour.
_SHOWN: Final = {
    Status.ENFORCED: ("✔", "green"),
    Status.PARTIAL: ("◐", "yellow"),
    Status.MISSING: ("✘", "red"),
    Status.INDETERMINATE: ("?", "magenta"),
    Status.NOT_APPLICABLE: ("–", "dim"),
}


def print_tables(
    snapshot: OrganizationSnapshot, judged: Sequence[Judged], out: OutputWrapper
) -> None:
    """Totals by guardrail, then each account that lacks one, with the reason."""
    # OutputWrapper lends itself as the stream that it wraps.
    console = Console(file=cast(TextIO, out), highlight=False)
    counted = len(snapshot.counted_account_ids)
    title = f"{snapshot.organization.id}: {counted:,} active member accounts"
    console.print(totals_table(totals(snapshot, judged), title))
    verdicts = dict(by_account(judged))
    for account in snapshot.accounts:
        lacking = [one for one in verdicts[account.id] if one.status.lacking]
        if lacking:
            # `Text` keeps brackets in names from being read as markup.
            heading = f"\n{account.id} {account.name} ({account.state.value})"
            console.print(Text(heading, style="bold"))
        for verdict in lacking:
            console.print(Text.assemble("  ", _word(verdict.status), f"  {verdict.guardrail}"))
            console.print(Padding(Text(verdict.reason), (0, 0, 0, 4)))


def totals_table(found: Totals, title: str) -> Table:
    """Accounts by guardrail and status; narrow, so that no word is cut at 80 columns."""
    table = Table(
        title=Text(title), title_justify="left", box=None, padding=(0, 1, 0, 0), pad_edge=False
    )
    table.add_column("Guardrail", no_wrap=True)
    for status in _SHOWN:
        table.add_column(_word(status, "\n"), justify="right")
    for guardrail, statuses in found.items():
        table.add_row(guardrail, *(f"{statuses[status.value]:,}" for status in _SHOWN))
    return table


def _word(status: Status, between: str = " ") -> Text:
    symbol, style = _SHOWN[status]
    return Text(f"{symbol}{between}{status.value.replace('_', between)}", style=style)
