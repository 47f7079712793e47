"""What was measured, as a table for a terminal."""

from rich.table import Table


def table(title: str, *headings: str) -> Table:
    """What a row is about to the left, its numbers to the right."""
    made = Table(title=title)
    for number, heading in enumerate(headings):
        made.add_column(heading, justify="right" if number else "left")
    return made
