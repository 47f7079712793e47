"""Names and paths in lists and maps: AWS admits longer ones than these have room for."""

from typing import Final

# Characters of an OU's name, of which AWS admits 128, and of a path of five of them.
NAME: Final = 48
PATH: Final = 80


def in_order(path: str) -> str:
    """The path with U+200E at each "/": names written from the right stay in their places."""
    return path if path.isascii() else path.replace(" / ", " /\u200e ")


def shortened(text: str, most: int) -> str:
    """At most so many characters: the beginning and more of the end, which tells paths apart."""
    if len(text) <= most:
        return text
    head = most // 3
    return f"{text[:head]}…{text[head + 1 - most :]}"
