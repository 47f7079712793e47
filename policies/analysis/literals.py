"""Values of the typed operators: numbers, times, addresses, bytes.

Each reader gives None for a text on whose meaning AWS's documentation does not settle.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

BOOLS: Final = ("true", "false")

_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME: Final = re.compile(
    r"(?P<minute>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2})(?P<second>:[0-9]{2})?"
    r"(?P<fraction>\.[0-9]+)?(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})"
)
# Fewer digits may be a year, more may be milliseconds.
_EPOCH: Final = re.compile(r"[0-9]{5,11}")
_CIDR: Final = re.compile(r"[0-9a-fA-F.:]+(/[0-9]{1,3})?")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def number(text: str) -> Decimal | None:
    """A decimal number without exponent."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def moment(text: str) -> Decimal | None:
    """Seconds since 1970 of a day, of a time with zone, or of seconds since 1970.

    Source: the forms of the W3C's note on date and time formats, epoch time.
    """
    if _EPOCH.fullmatch(text):
        return Decimal(text)
    if _DAY.fullmatch(text):
        return _seconds(f"{text}T00:00:00+00:00")
    parts = _TIME.fullmatch(text)
    if parts is None or (parts["fraction"] and not parts["second"]):
        return None
    whole = _seconds(f"{parts['minute']}{parts['second'] or ':00'}{parts['zone']}")
    return None if whole is None else whole + Decimal(f"0{parts['fraction'] or ''}")


def _seconds(text: str) -> Decimal | None:
    try:
        past = datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return Decimal(past.days) * 86_400 + past.seconds


def network(text: str) -> Network | None:
    """An IPv4 address, or a range in CIDR form without bits beyond its prefix.

    AWS names `/32` as the prefix that is meant where none is given, for IPv6 as well.
    """
    if not _CIDR.fullmatch(text) or (":" in text and "/" not in text):
        return None
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        return None


def address(text: str) -> Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def binary(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
