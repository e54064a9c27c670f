"""Where a request comes from, and whose word is taken for it."""

from ipaddress import ip_network

import pytest

from arbitrax.api.client_address import UNKNOWN, client_address, network_of

PROXIES = [ip_network("10.0.0.0/8"), ip_network("127.0.0.1"), ip_network("2001:db8::/32")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.7", None, "203.0.113.7"),
        ("203.0.113.7", "1.2.3.4", "203.0.113.7"),  # not a proxy of ours
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "203.0.113.7, 10.9.9.9", "203.0.113.7"),
        ("10.0.0.1", "10.1.1.1, 10.2.2.2", "10.1.1.1"),
        ("10.0.0.1", "203.0.113.7, nonsense", "10.0.0.1"),
        ("10.0.0.1", ", ,", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.7:443", "10.0.0.1"),
        ("::ffff:10.0.0.1", "::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8::1", "2001:db9::7", "2001:db9::7"),
        (None, "203.0.113.7", UNKNOWN),
        ("", None, UNKNOWN),
    ],
)
def test_the_nearest_address_that_is_no_proxy_is_the_clients(
    peer: str | None, forwarded: str | None, expected: str
) -> None:
    assert client_address(peer, forwarded, PROXIES) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:0:1::7", "2001:db8:0:1::/64"),
        ("2001:db8:0:1:ffff::1", "2001:db8:0:1::/64"),
        ("::1", "::/64"),
        ("", ""),
    ],
)
def test_limits_count_the_network_of_an_ipv6_client(address: str, expected: str) -> None:
    assert network_of(address) == expected


def test_without_proxies_nothing_is_read() -> None:
    assert client_address("127.0.0.1", "203.0.113.7", []) == "127.0.0.1"


def test_a_list_without_end_is_not_followed() -> None:
    assert client_address("10.0.0.1", ",".join(["10.0.0.1"] * 100_000), PROXIES) == "10.0.0.1"
