"""Orders' numbers as text: ``ord_`` and 26 characters, a reversible encoding that sorts like the number."""

from uuid import UUID

from arbitrax.domain import ids
from arbitrax.domain.errors import InputError

PREFIX = "ord"


def order_uuid(number: int) -> UUID:
    """Return the UUIDv8 (RFC 9562, 5.8) of an order number of 63 bits."""
    return UUID(int=number >> 16 << 80 | 8 << 76 | (number >> 4 & 0xFFF) << 64 | 2 << 62 | (number & 0xF) << 58)


def order_text(number: int) -> str:
    """Return an order's id as it is shown."""
    return ids.encode(PREFIX, order_uuid(number))


def order_number(text: str) -> int:
    """Return the number behind an order's id.

    Raises:
        InputError: it is none.
    """
    value = ids.decode(PREFIX, text).int
    number = value >> 80 << 16 | (value >> 64 & 0xFFF) << 4 | value >> 58 & 0xF
    if order_uuid(number).int != value:
        raise InputError(f"'{text}' is not the id of an order; copy it from `arbitrax order list`.")
    return number
