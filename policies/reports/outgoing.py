"""Requests to addresses that people typed: to the internet, and to no machine inside.

Whoever may add a recipient could otherwise let the portal talk to its own database, to a
cloud's metadata service or to a neighbour (server-side request forgery). Looking a name up
first is not enough, since a second look-up may answer otherwise (DNS rebinding) and an answer
may redirect: so the address is checked where a connection is made, whoever makes it.
"""

import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, Final

from django.conf import settings

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

# Networks that are allowed besides the internet; None where nothing is guarded.
_allowed: ContextVar[Sequence[Network] | None] = ContextVar("allowed", default=None)
# RFC 6052: an IPv4 address as its last 32 bits.
_NAT64: Final = IPv6Network("64:ff9b::/96")


class TargetRefused(PermissionError):
    """That a connection would go inside; its text is for a person."""


@contextmanager
def internet_only() -> Iterator[None]:
    """Within, this thread connects to the internet and to DELIVERY_ALLOWED_NETWORKS alone.

    Any other connection raises `TargetRefused`, an OSError as of a firewall.
    """
    token = _allowed.set(settings.DELIVERY_ALLOWED_NETWORKS)
    try:
        yield
    finally:
        _allowed.reset(token)


def check_host(host: str) -> None:
    """Say early what would be refused later. Raises `TargetRefused`."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise TargetRefused(f"`{host}` is not known to the DNS: check the spelling.") from None
    for *_, address in found:
        _check(str(address[0]), settings.DELIVERY_ALLOWED_NETWORKS)


def is_inside(address: Address) -> bool:
    """Whether the address is not one of the internet: private, local, reserved, multicast."""
    real = _embedded(address)
    return not real.is_global or real.is_multicast


def _embedded(address: Address) -> Address:
    """The IPv4 address that an IPv6 one leads to, where it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    if address.teredo is not None:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour or address


def _check(text: str, allowed: Sequence[Network]) -> None:
    # A link-local address may name its interface: fe80::1%eth0.
    address = _embedded(ip_address(text.partition("%")[0]))
    if is_inside(address) and not any(address in network for network in allowed):
        raise TargetRefused(
            f"{text} is an address inside a network, not on the internet: only networks of "
            "DELIVERY_ALLOWED_NETWORKS may be sent to."
        )


def _guard(event: str, arguments: tuple[Any, ...]) -> None:
    """PEP 578: called before each connection of this process, with the address itself."""
    if event in ("socket.connect", "socket.sendto"):
        allowed = _allowed.get()
        if allowed is None:
            return
        address = arguments[1]
        if not isinstance(address, tuple):
            raise TargetRefused("A socket of the file system is no address to send to.")
        _check(str(address[0]), allowed)


sys.addaudithook(_guard)
