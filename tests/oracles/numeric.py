"""PostgreSQL's binary NUMERIC, read the slow way; and what a double's should hold."""

import struct
from decimal import Decimal, localcontext

SIGNS = {0x0000: 1, 0x4000: -1}
SPECIAL = {0xC000: Decimal("NaN"), 0xD000: Decimal("Infinity"), 0xF000: Decimal("-Infinity")}


def read_fields(data: bytes) -> list[tuple[Decimal, int] | None]:
    """Return (value, display scale) of each field, None for NULL."""
    fields: list[tuple[Decimal, int] | None] = []
    at = 0
    while at < len(data):
        (size,) = struct.unpack_from(">i", data, at)
        at += 4
        if size == -1:
            fields.append(None)
            continue
        groups, weight, sign, scale = struct.unpack_from(">hhHh", data, at)
        assert size == 8 + 2 * groups
        digits = struct.unpack_from(f">{groups}h", data, at + 8)
        at += size
        fields.append((SPECIAL.get(sign) or _value(digits, weight, SIGNS.get(sign, 1)), scale))
    return fields


def _value(digits: tuple[int, ...], weight: int, sign: int) -> Decimal:
    assert not digits or (digits[0] and digits[-1]), "zero groups at the ends are not sent"
    assert all(0 <= digit < 10_000 for digit in digits)
    with localcontext() as context:
        context.prec = 400
        return sign * sum(
            (digit * Decimal(10) ** (4 * (weight - place)) for place, digit in enumerate(digits)), Decimal(0)
        )


def expected(value: float) -> tuple[Decimal, int] | None:
    """Return what a double is stored as: the decimal that ``repr`` prints."""
    if value != value:
        return None
    decimal = Decimal(repr(value))
    if decimal.is_infinite():
        return decimal, 0
    exponent = decimal.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return decimal + 0, max(0, -exponent) if decimal else 0
