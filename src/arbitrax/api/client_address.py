"""Where a request comes from: the connection's other end, or what trusted proxies say."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from arbitrax.services.identity_ports import Network

UNKNOWN = "0.0.0.0"  # noqa: S104 - no address to listen at: of a unix socket
MOST_HOPS = 16


def client_address(peer: str | None, forwarded_for: str | None, trusted: Sequence[Network]) -> str:
    """Return the client's address.

    ``X-Forwarded-For`` is read from its end, where the nearest proxy wrote: the first address that is no trusted
    proxy's is the client's. What stands before it the client may have written itself. Without trusted proxies it is
    not read at all.
    """
    if not (trusted and forwarded_for):
        return _alone(peer or "")
    here = _address(peer or "")
    if here is None:
        return UNKNOWN
    hops = forwarded_for.split(",")[-MOST_HOPS:]
    while hops and hops[-1].strip() and any(here in network for network in trusted):
        before = _address(hops.pop().strip())
        if before is None:
            break
        here = before
    return str(here)


@lru_cache(maxsize=4096)
def network_of(address: str) -> str:
    """Return whom limits count: an address, or of IPv6 its /64, in which one client has as many as it likes."""
    found = _address(address)
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else address


@lru_cache(maxsize=4096)
def _alone(peer: str) -> str:
    found = _address(peer)
    return UNKNOWN if found is None else str(found)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found
