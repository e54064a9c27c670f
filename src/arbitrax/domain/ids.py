"""Identifiers: UUIDv7 inside, prefixed and time-sortable text (``bt_01J8...``) outside."""

import os
from uuid import UUID

from arbitrax.domain.errors import InputError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base 32: sorts like the number it writes
LENGTH = 26
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
"""What each ten bits are written as."""


def new_uuid(now_ns: int, random: bytes | None = None) -> UUID:
    """Return a UUIDv7 (RFC 9562, 5.7) for a time; pass 10 random bytes to make it reproducible."""
    tail = int.from_bytes(random if random is not None else os.urandom(10))
    value = (now_ns // 1_000_000) << 80 | tail
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def encode(prefix: str, value: UUID) -> str:
    """Return ``prefix_`` and 26 characters that sort by time."""
    number = value.int
    pairs = [_PAIRS[number >> shift & 1023] for shift in range(10 * (LENGTH // 2 - 1), -1, -10)]
    return f"{prefix}_{''.join(pairs)}"


def decode(prefix: str, text: str) -> UUID:
    """Return the UUID behind an identifier.

    Raises:
        InputError: another prefix, length or alphabet.
    """
    head, _, body = text.partition("_")
    if head == prefix and len(body) == LENGTH and body[:1] in "01234567" and all(c in ALPHABET for c in body.upper()):
        number = 0
        for character in body.upper():
            number = number << 5 | ALPHABET.index(character)
        return UUID(int=number)
    raise InputError(
        f"'{text}' is not an id of this kind; ids look like {prefix}_ followed by {LENGTH} letters and digits."
    )
