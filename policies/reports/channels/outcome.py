"""How a delivery may end, and what every channel offers."""

from typing import Protocol


class NotSent(Exception):
    """That nothing reached the recipient; its text is a sentence for a person.

    `again` tells whether another attempt may help.
    """

    def __init__(self, sentence: str, *, again: bool) -> None:
        super().__init__(sentence)
        self.again = again


class PerhapsSent(Exception):
    """That the line broke when the message may have been taken already."""


class Prepared(Protocol):
    """A message, ready to go."""

    def send(self) -> None:
        """Hand it over. Raises `NotSent` or `PerhapsSent`."""
        ...
