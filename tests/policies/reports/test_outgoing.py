"""What people may make the portal talk to: the internet, and what a setting allows."""

from __future__ import annotations

import socket
import threading
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address, ip_network

import pytest
import urllib3
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from policies.reports.channels.webhook import check_webhook
from policies.reports.outgoing import TargetRefused, check_host, internet_only, is_inside
from tests.policies.reports.conftest import LOOPBACK, Receiver

INSIDE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("0.0.0.7", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
    *("::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:10.0.0.1", "2002:a00:1::"),
    *("64:ff9b::a9fe:a9fe", "2001:0:a00:1:0:0:f5ff:fffe"),
]


@pytest.mark.parametrize("text", INSIDE)
def test_an_address_inside_is_told_from_one_of_the_internet(text: str) -> None:
    assert is_inside(ip_address(text))


@pytest.mark.parametrize(
    "text", ["93.184.215.14", "8.8.8.8", "2606:2800:21f::1", "64:ff9b::808:808"]
)
def test_an_address_of_the_internet_is_none_inside(text: str) -> None:
    assert not is_inside(ip_address(text))


@given(st.integers(0, 2**32 - 1))
def test_an_ipv4_address_in_ipv6_clothes_is_what_it_is(number: int) -> None:
    address = IPv4Address(number)
    mapped = IPv6Address(0xFFFF_0000_0000 | number)
    assert is_inside(mapped) == is_inside(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1"])
def test_a_connection_inside_is_refused_whoever_makes_it(address: str) -> None:
    with internet_only(), socket.socket() as connection:
        with pytest.raises(TargetRefused, match="is an address inside a network"):
            connection.connect((address, 9))
        with pytest.raises(TargetRefused):
            connection.connect_ex((address, 9))
    with internet_only(), socket.socket(socket.AF_UNIX) as connection, pytest.raises(TargetRefused):
        connection.connect("/run/nothing.sock")


def test_other_threads_and_other_times_are_left_alone(receiver: Receiver) -> None:
    """Others talk to the database while this thread talks to a stranger."""
    found: list[int] = []

    def post() -> None:
        found.append(urllib3.request("POST", receiver.url, body=b"{}", retries=False).status)

    with internet_only():
        other = threading.Thread(target=post)
        other.start()
        other.join()
    post()
    assert found == [200, 200]


def test_a_name_that_leads_inside_later_is_refused_when_it_does(
    receiver: Receiver, settings: Settings
) -> None:
    """DNS rebinding: what was looked up when it was added does not count."""
    settings.DELIVERY_ALLOWED_NETWORKS = [LOOPBACK]
    named = receiver.url.replace("127.0.0.1", "localhost")
    check_webhook(named)
    settings.DELIVERY_ALLOWED_NETWORKS = [ip_network("10.0.0.0/8")]
    with internet_only(), pytest.raises(urllib3.exceptions.HTTPError):
        urllib3.request("POST", named, body=b"{}", retries=False)
    assert receiver.requests == []


def test_only_the_networks_of_the_setting_are_allowed(settings: Settings) -> None:
    settings.DELIVERY_ALLOWED_NETWORKS = [IPv4Network("10.20.0.0/16")]
    check_host("10.20.1.1")
    with pytest.raises(TargetRefused):
        check_host("10.21.1.1")
    with pytest.raises(TargetRefused, match="is not known to the DNS"):
        check_host("no-such-host.invalid")
