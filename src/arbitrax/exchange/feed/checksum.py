"""The checksum that lets a client know its book is right."""

from collections.abc import Iterable
from zlib import crc32

LEVELS = 10
"""Of each side that the checksum covers."""

TextLevel = tuple[str, str]
"""Price and quantity, as they are sent."""


def side_text(levels: Iterable[TextLevel]) -> str:
    """Return a side as the checksum reads it, best level first: ``100.50:3,100.49:12``."""
    return ",".join([f"{price}:{quantity}" for price, quantity in levels])


def checksum(bids: str, asks: str) -> int:
    """Return CRC-32 (that of zlib and PNG) of the best LEVELS of both sides: ``bids|asks`` in ASCII."""
    return crc32(f"{bids}|{asks}".encode())
